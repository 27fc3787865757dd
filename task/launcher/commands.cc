#include "task/launcher/commands.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "profiles/builtin_profiles.h"
#include "task/evidence/offline_checks.h"
#include "task/evidence/signature.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxInputBytes = 4u << 20;

CommandOutput Failed(const Error& error) {
  int code = kLauncherError;
  if (error.kind == ErrorKind::kInvalid) code = kLauncherUsage;
  if (error.kind == ErrorKind::kCancelled) code = kLauncherCancelled;
  return {code, "", StrCat("error: ", ToPrintable(error.ToString()), "\n")};
}

Result<TaskSpec> LoadSpec(const fs::path& file) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMaxInputBytes));
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(bytes));
  Checked<TaskSpec> spec = TaskSpecFromJson(json);
  if (!spec.ok()) return ToError(spec.problems, "read task spec", file.string());
  return std::move(*spec.value);
}

Result<Profile> LoadProfile(const fs::path& file, const std::string& name) {
  std::string yaml;
  std::string source = file.string();
  std::vector<std::string_view> names;
  if (!file.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(yaml, ReadFile(file, kMaxInputBytes));
  } else {
    for (const BuiltinProfile& profile : BuiltinProfiles()) {
      names.push_back(profile.name);
      if (profile.name != name) continue;
      yaml = profile.yaml;
      source = profile.file;
    }
    if (yaml.empty()) {
      return Error{ErrorKind::kInvalid, "find profile", StrCat("\"", name, "\""),
                   StrCat("the built-in ones are ", StrJoin(names, ", ")),
                   "correct the spec's profile, or give --profile-file"};
    }
  }
  Checked<Profile> profile = ProfileFromYaml(yaml, source);
  if (!profile.ok()) return ToError(profile.problems, "read profile", source);
  return std::move(*profile.value);
}

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

CommandOutput Unusable(const Error& error) {
  CommandOutput output = Failed(error);
  output.exit_code = kLauncherUsage;
  return output;
}

CommandOutput Run(const CommandLine& line, Launcher& launcher, const LaunchContext& context) {
  Result<TaskSpec> spec = LoadSpec(line.spec_file);
  if (!spec.ok()) return Failed(spec.error());
  const Result<Profile> profile = LoadProfile(line.profile_file, spec->profile);
  if (!profile.ok()) return Failed(profile.error());
  RunOptions options;
  options.retain = line.retain;
  options.evidence_root = line.evidence;
  options.also_allowed_repositories = line.allowed_repositories;
  if (!line.private_key.empty()) {
    Result<std::string> pem = ReadFile(line.private_key, kMaxInputBytes);
    if (!pem.ok()) return Unusable(pem.error());
    options.signing_key = *std::move(pem);
  }
  const Result<TaskRecord> record = launcher.Run(context, *spec, *profile, options);
  if (!record.ok()) return Failed(record.error());
  CommandOutput output{ExitCodeOf(record->result.outcome), "", ""};
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
  const auto swept = launcher.Sweep(context);
  if (!swept.ok()) return Failed(swept.error());
  CommandOutput output;
  std::vector<std::string> problems;
  for (const std::string& name : swept->removed) StrAppend(&output.out, "removed ", name, "\n");
  for (const Error& problem : swept->problems) {
    problems.push_back(problem.ToString());
    StrAppend(&output.err, "error: ", ToPrintable(problems.back()), "\n");
  }
  if (line.json) {
    output.out = Json(Json::Object{{"removed", Json::Strings(swept->removed)},
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

Json ToJson(const OfflineVerdict& verdict) {
  Json::Array checks;
  for (const BundleCheck& check : verdict.checks) {
    checks.push_back(Json::Object{
        {"name", check.name}, {"verdict", ToString(check.verdict)}, {"detail", check.detail}});
  }
  Json json;
  json.Set("ok", !verdict.failed());
  json.Set("checks", std::move(checks));
  if (verdict.bundle) {
    json.Set("manifest_sha256", verdict.bundle->manifest_sha256);
    json.Set("files", static_cast<int64_t>(verdict.bundle->manifest.files.size()));
    json.Set("result", ToJson(verdict.bundle->result));
  }
  return json;
}

std::string ForPeople(const OfflineVerdict& verdict) {
  std::string text;
  if (verdict.bundle) {
    const TaskResult& result = verdict.bundle->result;
    StrAppend(&text, result.work_id, ": ", ToString(result.outcome), "\n");
  }
  for (const BundleCheck& check : verdict.checks) {
    const std::string word = StrReplaceAll(ToString(check.verdict), "_", " ");
    StrAppend(&text, "  ", word, std::string(13 - std::min<size_t>(word.size(), 12), ' '),
              check.name, ": ", check.detail, "\n");
  }
  return ToPrintable(text);
}

CommandOutput Sign(const CommandLine& line) {
  Result<std::string> pem = ReadFile(line.private_key, kMaxInputBytes);
  if (!pem.ok()) return Unusable(pem.error());
  const Attestation attestation{.builder_id = std::string(kLauncherBuilder),
                                .key_pem = std::move(*pem)};
  const auto bundle = AttestBundle(line.bundle, attestation);
  if (!bundle.ok()) return Failed(bundle.error());
  if (line.json) {
    return {0, Json(Json::Object{{"manifest_sha256", bundle->manifest_sha256}}).DumpPretty(), ""};
  }
  return {
      0,
      StrCat(bundle->result.work_id, ": signed\n  manifest sha256 ", bundle->manifest_sha256, "\n"),
      ""};
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
    case CommandLine::Verb::kSign:
      return Sign(line);
    case CommandLine::Verb::kVerify:
      break;
  }
  return Verify(line);
}

CommandOutput Verify(const CommandLine& line) {
  OfflineInput input{line.bundle, "", std::nullopt};
  if (!line.public_key.empty()) {
    Result<std::string> pem = ReadFile(line.public_key, kMaxInputBytes);
    if (!pem.ok()) return Unusable(pem.error());
    // A file that is no key is our caller's mistake, not the bundle's.
    if (const auto id = KeyIdOf(*pem); !id.ok()) return Unusable(id.error());
    input.public_key_pem = std::move(*pem);
  }
  if (!line.profile_file.empty()) {
    const Result<Profile> profile = LoadProfile(line.profile_file, "");
    if (!profile.ok()) return Unusable(profile.error());
    input.contract = profile->contract;
  }
  const OfflineVerdict verdict = CheckBundle(input);
  CommandOutput output{verdict.failed() ? kLauncherRefuted : 0, "", ""};
  output.out = line.json ? ToJson(verdict).DumpPretty() : ForPeople(verdict);
  return output;
}

}  // namespace ameide::task
