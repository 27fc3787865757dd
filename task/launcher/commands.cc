#include "task/launcher/commands.h"

#include "base/strings.h"
#include "base/text.h"
#include "task/launcher/command_support.h"

namespace ameide::task {
namespace {

Json ToJson(const Workspace& workspace) {
  return Json::Object{{"name", workspace.name},
                      {"location", workspace.location},
                      {"work_id", workspace.work_id},
                      {"run_id", workspace.run_id}};
}

Json ToJson(const TaskRecord& record) {
  return Json::Object{{"backend", record.backend},
                      {"workspace", ToJson(record.workspace)},
                      {"workspace_gone", record.workspace_gone},
                      {"evidence_directory", record.evidence_directory.string()},
                      {"manifest_sha256", record.manifest_sha256},
                      {"warnings", Json::Strings(record.warnings)},
                      {"result", ToJson(record.result)}};
}

std::string ForPeople(const TaskRecord& record) {
  const TaskResult& result = record.result;
  std::string text = StrCat(result.work_id, ": ", ToString(result.outcome));
  if (!result.reason.empty()) StrAppend(&text, ": ", result.reason);
  if (!result.artifact.summary.empty()) StrAppend(&text, "\n  ", result.artifact.summary);
  if (!record.evidence_directory.empty()) {
    StrAppend(&text, "\n  evidence: ", record.evidence_directory.string());
  }
  if (!record.workspace_gone) StrAppend(&text, "\n  workspace: ", record.workspace.location);
  return ToPrintable(text) + "\n";
}

// A caller who waits for a run should not take the answer of an earlier one for it.
std::string AboutRecorded(Launcher& launcher, const LaunchContext& context,
                          const std::string& work_id) {
  const auto before = launcher.Find(context, work_id);
  if (!before.ok() || !*before || !IsTerminal((*before)->result.state)) return "";
  return StrCat("note: this is the recorded result of run ", (*before)->result.run_id,
                "; to run it again: ameide-launcher destroy ", work_id, "\n");
}

CommandOutput Run(const CommandLine& line, Launcher& launcher, const LaunchContext& context) {
  Result<TaskSpec> spec = LoadSpec(line.spec_file);
  if (!spec.ok()) return Unusable(spec.error());
  const Result<Profile> profile = LoadProfile(line.profile_file, spec->profile);
  if (!profile.ok()) return Unusable(profile.error());
  RunOptions options;
  options.retain = line.retain;
  options.evidence_root = line.evidence;
  options.also_allowed_repositories = line.allowed_repositories;
  if (!line.private_key.empty()) {
    Result<std::string> pem = ReadFile(line.private_key, kMaxInputBytes);
    if (!pem.ok()) return Unusable(pem.error());
    options.signing_key = *std::move(pem);
  }
  std::string note = AboutRecorded(launcher, context, spec->work_id);
  const Result<TaskRecord> record = launcher.Run(context, *spec, *profile, options);
  if (!record.ok()) return Failed(record.error());
  CommandOutput output{ExitCodeOf(record->result.outcome), "", std::move(note)};
  output.out = line.json ? ToJson(*record).DumpPretty() : ForPeople(*record);
  for (const std::string& warning : record->warnings) {
    StrAppend(&output.err, "warning: ", ToPrintable(warning), "\n");
  }
  return output;
}

CommandOutput List(const CommandLine& line, Launcher& launcher, const LaunchContext& context) {
  const auto workspaces = launcher.List(context);
  if (!workspaces.ok()) return Failed(workspaces.error());
  CommandOutput output;
  Json::Array items;
  for (const Workspace& workspace : *workspaces) {
    items.push_back(ToJson(workspace));
    StrAppend(&output.out, workspace.name, "\t", workspace.work_id, "\t", workspace.location, "\n");
  }
  if (line.json) output.out = Json(std::move(items)).DumpPretty();
  return output;
}

CommandOutput Sweep(const CommandLine& line, Launcher& launcher, const LaunchContext& context) {
  const auto swept =
      launcher.Sweep(context, line.all_installations ? Launcher::SweepScope::kAllInstallations
                                                     : Launcher::SweepScope::kThisInstallation);
  if (!swept.ok()) return Failed(swept.error());
  CommandOutput output;
  Json::Array kept;
  std::vector<std::string> problems;
  for (const std::string& name : swept->removed) StrAppend(&output.out, "removed ", name, "\n");
  for (const Launcher::Kept& one : swept->kept) {
    StrAppend(&output.out, "kept ", one.name, ": ", one.why, "\n");
    kept.push_back(Json::Object{{"name", one.name}, {"why", one.why}});
  }
  for (const Error& problem : swept->problems) {
    problems.push_back(problem.ToString());
    StrAppend(&output.err, "error: ", ToPrintable(problems.back()), "\n");
  }
  if (line.json) {
    output.out = Json(Json::Object{{"removed", Json::Strings(swept->removed)},
                                   {"kept", std::move(kept)},
                                   {"problems", Json::Strings(problems)}})
                     .DumpPretty();
  }
  if (!problems.empty()) output.exit_code = kLauncherError;
  return output;
}

CommandOutput Destroy(const CommandLine& line, Launcher& launcher, const LaunchContext& context) {
  const Status gone = launcher.Destroy(context, line.work_id);
  if (!gone.ok()) return Failed(gone.error());
  if (line.json) return {0, Json(Json::Object{{"destroyed", line.work_id}}).DumpPretty(), ""};
  return {0, StrCat(line.work_id, ": no workspace, no record\n"), ""};
}

}  // namespace

int ExitCodeOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
      return 0;
    case Outcome::kFailure:
      return kLauncherFailure;
    case Outcome::kError:
      return kLauncherError;
    case Outcome::kTimeout:
      return kLauncherTimeout;
    case Outcome::kCancellation:
      return kLauncherCancelled;
  }
  return kLauncherError;
}

CommandOutput Execute(const CommandLine& line, Launcher& launcher, const LaunchContext& context) {
  switch (line.verb) {
    case CommandLine::Verb::kRun:
      return Run(line, launcher, context);
    case CommandLine::Verb::kList:
      return List(line, launcher, context);
    case CommandLine::Verb::kSweep:
      return Sweep(line, launcher, context);
    case CommandLine::Verb::kDestroy:
      return Destroy(line, launcher, context);
    case CommandLine::Verb::kVerify:
    case CommandLine::Verb::kSign:
    case CommandLine::Verb::kPack:
    case CommandLine::Verb::kUnpack:
      break;
  }
  return ExecuteOffline(line).value_or(CommandOutput{kLauncherError, "", "error: no such verb\n"});
}

}  // namespace ameide::task
