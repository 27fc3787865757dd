#include "acceptance/testing/coder_fault_rows.h"

namespace ameide::acceptance {
namespace {

constexpr Evidence kFallback = Evidence::kFallback;
constexpr Left kDebt = Left::kDebt;

// What creating a workspace answers.
std::vector<FaultRun> RowsOfCreating() {
  using enum simulator::Fault;
  using enum task::Outcome;
  return {
      {.fault = kNameTaken,
       .knob = "name-taken=1",
       .outcome = kError,
       .evidence = kFallback,
       .reason = "Coder answered 409",
       .first_build = ""},
      {.fault = kStillImporting,
       .knob = "still-importing=1",
       .outcome = kError,
       .evidence = kFallback,
       .reason = "Coder answered 406",
       .first_build = ""},
      {.fault = kRateLimit, .knob = "rate-limit=3"},
      {.fault = kNoRetryAfter, .knob = "rate-limit-without-retry-after", .also = {"rate-limit=2"}},
      {.fault = kCreateAnswerLost, .knob = "create-answer-lost=1"},
      {.fault = kCreateFails,
       .knob = "create-fails=1",
       .outcome = kError,
       .evidence = kFallback,
       .reason = "Coder answered 500",
       .first_build = ""},
  };
}

// What becomes of builds.
std::vector<FaultRun> RowsOfBuilds() {
  using enum simulator::Fault;
  using enum task::Outcome;
  return {
      // Who may not cancel the build waits for it; what runs nothing yet is then ended at once.
      {.fault = kCancelForbidden,
       .knob = "cancel-forbidden",
       .outcome = kCancellation,
       .evidence = kFallback,
       .reason = "cancelled",
       .also = {"agent-never-connects"},
       .interrupted = "starting"},
      // Nobody takes the build, so it is canceled, and just then somebody does: once more.
      {.fault = kCancelMismatch,
       .knob = "cancel-mismatch=1",
       .outcome = kError,
       .evidence = kFallback,
       .left = kDebt,
       .reason = "no provisioner",
       .warning = "no provisioner of Coder's takes its builds",
       .first_build = "canceled",
       .also = {"provisioner-absent"},
       .hurry = 20},
      {.fault = kStuckCanceling,
       .knob = "stuck-canceling",
       .outcome = kCancellation,
       .evidence = kFallback,
       .left = kDebt,
       .reason = "cancelled",
       .warning = "stopped before Coder had destroyed it",
       .first_build = "canceling",
       .interrupted = "starting",
       .hurry = 20},
      {.fault = kStartFails,
       .knob = "start-fails=1",
       .outcome = kError,
       .evidence = kFallback,
       .reason = "could not build the workspace: terraform apply: exit status 1",
       .first_build = "failed"},
      {.fault = kProvisionerAbsent,
       .knob = "provisioner-absent",
       .outcome = kError,
       .evidence = kFallback,
       .left = kDebt,
       .reason = "no provisioner",
       .warning = "no provisioner of Coder's takes its builds",
       .first_build = "canceled",
       .hurry = 20},
      {.fault = kBuildActive, .knob = "build-active=2"},
      {.fault = kDeleteFails,
       .knob = "delete-fails",
       .left = kDebt,
       .warning = "terraform destroy: exit status 1"},
      {.fault = kGoneAsNotFound,
       .knob = "gone-as-404",
       .left = kDebt,
       .warning = "404 instead of 410"},
  };
}

// What becomes of logs, watching and the ways to the evidence.
std::vector<FaultRun> RowsOfStreamsAndApps() {
  using enum simulator::Fault;
  using enum task::Outcome;
  return {
      {.fault = kLogOverflow, .knob = "log-overflow"},
      {.fault = kProvisionerLogOverflow, .knob = "provisioner-log-overflow"},
      {.fault = kWatchDrop, .knob = "watch-drop"},
      {.fault = kWatchSilent, .knob = "watch-silent"},
      {.fault = kPtyDrop, .knob = "pty-drop=1", .also = {"app-404"}},
      {.fault = kAppNotFound, .knob = "app-404"},
      {.fault = kAppBadGateway, .knob = "app-502"},
      {.fault = kAppForbidden, .knob = "app-disabled-403"},
      {.fault = kAppCutsBody, .knob = "app-cuts-body=2"},
  };
}

// What becomes of agents, and servers as such.
std::vector<FaultRun> RowsOfAgentsAndServers() {
  using enum simulator::Fault;
  using enum task::Outcome;
  return {
      {.fault = kNoExitCodeField, .knob = "no-exit-code-field"},
      {.fault = kReportLost, .knob = "report-lost"},
      {.fault = kReportLate, .knob = "lifecycle-before-exit-code=1500"},
      {.fault = kAgentNeverConnects,
       .knob = "agent-never-connects",
       .outcome = kError,
       .evidence = kFallback,
       .reason = "did not connect within 1m (timeouts.readiness)",
       .hurry = 20},
      {.fault = kAgentDisconnects, .knob = "agent-disconnects=500"},
      {.fault = kAgentRestarts,
       .knob = "agent-restarts=1",
       .outcome = kError,
       .evidence = kFallback,
       .warning = "the script ended with exit code 242",
       .long_command = true},
      {.fault = kAutostopMidRun,
       .knob = "autostop-mid-run",
       .outcome = kError,
       .evidence = kFallback,
       .reason = "stop build (reason: autostop)",
       .long_command = true},
      {.fault = kServerError, .knob = "server-error=3"},
      {.fault = kHtmlErrors, .knob = "html-errors", .also = {"server-error=2"}},
      {.fault = kUnknownFields, .knob = "unknown-fields-and-enums"},
      {.fault = kOldServer, .knob = "old-server"},
      {.fault = kNewServer, .knob = "new-server"},
      {.fault = kSlow, .knob = "slow-everything"},
  };
}

}  // namespace

std::vector<FaultRun> FaultRows() {
  std::vector<FaultRun> rows;
  for (const auto& some :
       {RowsOfCreating(), RowsOfBuilds(), RowsOfStreamsAndApps(), RowsOfAgentsAndServers()}) {
    rows.insert(rows.end(), some.begin(), some.end());
  }
  return rows;
}

}  // namespace ameide::acceptance
