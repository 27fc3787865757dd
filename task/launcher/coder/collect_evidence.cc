#include <optional>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/manifest.h"
#include "task/contract/task_result.h"
#include "task/evidence/bundle.h"
#include "task/launcher/coder/evidence_source.h"
#include "task/launcher/coder/exit_report.h"
#include "task/launcher/coder/run_end.h"
#include "task/launcher/coder/run_watch.h"

namespace ameide::task {
namespace {

Error None(const std::string& name, std::string cause) {
  return Error{ErrorKind::kNotFound, "collect evidence of", name, std::move(cause), ""};
}

std::string Words(const ExitFinding& finding) {
  if (!finding.reported()) return "of the script's end nothing is known";
  std::string words = "the script ended";
  if (finding.code) StrAppend(&words, " with exit code ", *finding.code);
  if (!finding.status.empty())
    StrAppend(&words, " (", Truncate(ToOneLine(finding.status), 40), ")");
  return words;
}

bool WayIsClosed(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout ||
         error.kind == ErrorKind::kDenied;
}

// The fallback's run.log, when there is nothing better.
Status TakeCodersLog(CoderSession& session, const LaunchContext& context, const coder::Build& build,
                     const fs::path& to) {
  if (Exists(to / kRunLogFile)) return Ok{};
  const std::string log = CodersLog(session, context.stop, build, context.clock.Now());
  if (log.empty()) return Ok{};
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(to));
  return WriteFileAtomically(to / kRunLogFile, log);
}

// The start of a workspace that has been stopped: Coder keeps what it said.
std::optional<coder::Build> LastStart(CoderSession& session, const LaunchContext& context,
                                      const std::string& workspace_id) {
  const auto builds = session.client().Builds(context.stop, workspace_id);
  if (!builds.ok()) return std::nullopt;
  std::optional<coder::Build> last;
  for (const coder::Build& build : *builds) {
    if (build.transition != coder::Transition::kStart) continue;
    if (!last || build.number > last->number) last = build;
  }
  return last;
}

// What the bundle says of the run must be what Coder saw of it.
Status CheckAgainst(const ExitFinding& finding, const fs::path& bundle) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(bundle / kResultFile, kMaxResultBytes));
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(bytes));
  const Checked<TaskResult> result = TaskResultFromJson(json);
  if (!result.ok()) return ToError(result.problems, "read", "the workspace's result.json");
  std::string disagreement = Disagreement(finding, *result.value);
  if (disagreement.empty()) return Ok{};
  return Error{ErrorKind::kInvalid, "collect evidence", bundle.string(), std::move(disagreement),
               "do not trust this run"};
}

}  // namespace

Status CollectEvidence(CoderSession& session, const LaunchContext& context,
                       const Workspace& workspace, const fs::path& to) {
  const std::string& name = workspace.name;
  AMEIDE_ASSIGN_OR_RETURN(const auto found, session.client().FindWorkspace(context.stop, name));
  if (!found) return None(name, "the workspace is gone");
  AMEIDE_ASSIGN_OR_RETURN(const auto identity, session.IdentityOf(context.stop, *found));
  if (!identity) return None(name, "the workspace is no task's");
  const coder::Build& build = found->latest_build;
  const coder::Agent* agent = TaskAgent(build);
  if (agent == nullptr || build.transition != coder::Transition::kStart) {
    if (const auto start = LastStart(session, context, found->id)) {
      AMEIDE_RETURN_IF_ERROR(TakeCodersLog(session, context, *start, to));
    }
    return None(name, StrCat("the workspace does not run: its last build is ",
                             coder::ToString(build.transition), ", ",
                             Truncate(ToOneLine(build.status), 40)));
  }
  const ExitFinding finding = ReadExit(session, context.stop, build, identity->run_id);
  Status taken =
      DownloadBundle(context.stop, *EvidenceOverApp(session, name), to, finding.manifest_sha256);
  if (!taken.ok() && WayIsClosed(taken.error()) && !identity->profile.empty()) {
    context.log.Warn("evidence goes through the terminal",
                     {{"workspace", name}, {"cause", taken.error().ToString()}});
    AMEIDE_RETURN_IF_ERROR(RemoveTree(to));
    taken =
        DownloadBundle(context.stop, *EvidenceOverTerminal(session, agent->id, identity->profile),
                       to, finding.manifest_sha256);
  }
  if (taken.ok()) return CheckAgainst(finding, to);
  if (taken.error().kind == ErrorKind::kInvalid || taken.error().kind == ErrorKind::kCancelled) {
    return taken;
  }
  AMEIDE_RETURN_IF_ERROR(TakeCodersLog(session, context, build, to));
  return None(name, StrCat(taken.error().ToString(), "; ", Words(finding)));
}

}  // namespace ameide::task
