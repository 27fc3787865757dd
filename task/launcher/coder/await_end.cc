#include "base/strings.h"
#include "base/text.h"
#include "task/launcher/coder/exit_report.h"
#include "task/launcher/coder/run_end.h"
#include "task/launcher/coder/run_follow.h"
#include "task/launcher/coder/run_watch.h"

namespace ameide::task {
namespace {

using State = RunVerdict::State;

constexpr Millis kReportBound{45'000};  // for a report of the exit code that is on its way
constexpr Millis kOtherWitness{5'000};  // when another witness has spoken already
constexpr Millis kReportPause{1'000};

Error Ended(ErrorKind kind, const std::string& name, std::string cause, std::string hint = "") {
  return Error{kind, "await run in", name, std::move(cause), std::move(hint)};
}

RunLimits LimitsOf(const CoderIdentity& identity) {
  RunLimits limits;
  if (!identity.spec) return limits;
  if (identity.spec->timeouts.readiness > Millis(0)) {
    limits.readiness = identity.spec->timeouts.readiness;
  }
  limits.ttl = identity.spec->ttl;
  return limits;
}

// No event tells that the exit code has arrived, and it may never.
Result<ExitFinding> AwaitReport(CoderSession& session, const LaunchContext& context,
                                coder::Workspace workspace, const std::string& run_id) {
  const MonoTime start = context.clock.Monotonic();
  while (true) {
    const coder::Agent* agent = TaskAgent(workspace.latest_build);
    ExitFinding finding;
    if (agent != nullptr) finding = ReadExit(session, context.stop, workspace.latest_build, run_id);
    const bool terminal = agent != nullptr && IsTerminal(agent->lifecycle);
    const Millis waited = std::chrono::duration_cast<Millis>(context.clock.Monotonic() - start);
    const bool reported = finding.source == "script" || finding.source == "timings";
    if (terminal && (reported || (finding.code && waited >= kOtherWitness))) return finding;
    if (waited >= kReportBound) return finding;
    if (!context.clock.WaitFor(context.stop, kReportPause)) {
      return Ended(ErrorKind::kCancelled, workspace.name, "stopped");
    }
    auto look = session.client().GetWorkspace(context.stop, workspace.id);
    if (look.ok() && look->presence == coder::WorkspaceLookup::Presence::kThere) {
      workspace = std::move(look->workspace);
    }
  }
}

Status AfterEnd(CoderSession& session, const LaunchContext& context,
                const coder::Workspace& workspace, const std::string& run_id) {
  AMEIDE_ASSIGN_OR_RETURN(const ExitFinding finding,
                          AwaitReport(session, context, workspace, run_id));
  context.log.Info("the run has ended",
                   {{"workspace", workspace.name},
                    {"exit_code", finding.code ? std::to_string(*finding.code) : "unknown"},
                    {"source", finding.source},
                    {"status", finding.status}});
  if (finding.status == "pipes_left_open") {
    context.log.Warn("a process outlived the task and held its output open",
                     {{"workspace", workspace.name}});
  }
  if (finding.status == "timed_out") {
    return Ended(ErrorKind::kTimeout, workspace.name, "Coder ended the script at its timeout",
                 "raise ttl, or find out what the command waits for");
  }
  return Ok{};
}

}  // namespace

Status AwaitRunEnd(CoderSession& session, const LaunchContext& context,
                   const Workspace& workspace) {
  if (context.stop.stop_requested()) {
    return Ended(ErrorKind::kCancelled, workspace.name, "stopped");
  }
  AMEIDE_ASSIGN_OR_RETURN(auto found, session.client().FindWorkspace(context.stop, workspace.name));
  if (!found) return Ended(ErrorKind::kUnavailable, workspace.name, "it is not there");
  coder::Workspace now = *std::move(found);
  AMEIDE_ASSIGN_OR_RETURN(const auto identity, session.IdentityOf(context.stop, now));
  if (!identity) return Ended(ErrorKind::kUnavailable, workspace.name, "it is no task's");
  RunWatch watch(LimitsOf(*identity), context.clock.Monotonic());
  RunFollow follow(session, context, now.id);
  while (true) {
    follow.PassOnLogs(now);
    const RunVerdict verdict = watch.Look(now, context.clock.Monotonic());
    switch (verdict.state) {
      case State::kEnded:
        return AfterEnd(session, context, now, identity->run_id);
      case State::kLost:
        return Ended(ErrorKind::kUnavailable, workspace.name, verdict.why);
      case State::kTimedOut:
        return Ended(ErrorKind::kTimeout, workspace.name, verdict.why,
                     "raise ttl, or find out what the command waits for");
      case State::kGoesOn:
        break;
    }
    Result<coder::Workspace> next = follow.Next(now);
    if (!next.ok() && next.error().kind == ErrorKind::kNotFound) {
      return Ended(ErrorKind::kUnavailable, workspace.name, "it was deleted while the run was on");
    }
    if (!next.ok()) return next.error();
    now = *std::move(next);
  }
}

}  // namespace ameide::task
