#include "acceptance/coder_simulator/faults.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"

namespace ameide::simulator {

const std::vector<FaultRow>& FaultTable() {
  using enum Fault;
  using enum FaultValue;
  static const std::vector<FaultRow> kTable = {
      {kNameTaken, "name-taken", kTimes, "3.1", "creating a workspace answers 409 on the name"},
      {kStillImporting, "still-importing", kTimes, "1", "creating a workspace answers 406"},
      {kImportFails, "import-fails", kTimes, "2.2", "the import job of a version fails"},
      {kRateLimit, "rate-limit", kTimes, "1", "API calls answer 429 with Retry-After"},
      {kNoRetryAfter, "rate-limit-without-retry-after", kNone, "1", "429 lacks Retry-After"},
      {kCreateAnswerLost, "create-answer-lost", kTimes, "3.1",
       "the workspace is made, but the answer is a 502"},
      {kCreateFails, "create-fails", kTimes, "1", "creating answers 500 and makes nothing"},
      {kCancelForbidden, "cancel-forbidden", kTimes, "3.5",
       "canceling a build answers 403, unless it is expected to be pending"},
      {kCancelMismatch, "cancel-mismatch", kTimes, "3.5",
       "a build that is expected to be pending has just begun: canceling it answers 412"},
      {kStuckCanceling, "stuck-canceling", kNone, "11", "a canceled build never ends"},
      {kStartFails, "start-fails", kTimes, "3.5", "the start build fails"},
      {kProvisionerAbsent, "provisioner-absent", kNone, "2.2",
       "jobs stay pending, matched_provisioners.count is 0"},
      {kBuildActive, "build-active", kTimes, "3.5", "a new build answers 409"},
      {kDeleteFails, "delete-fails", kTimes, "3.5", "the delete build fails"},
      {kGoneAsNotFound, "gone-as-404", kNone, "3.5",
       "a deleted workspace answers 404, as after lost permission"},
      {kLogOverflow, "log-overflow", kNone, "4.3", "agent logs overflow after 4 KiB"},
      {kProvisionerLogOverflow, "provisioner-log-overflow", kNone, "2.3",
       "job logs overflow after 64 bytes"},
      {kWebSocketDrop, "websocket-drop", kTimes, "2.3",
       "a followed log ends after its first message"},
      {kWatchDrop, "watch-drop", kTimes, "6", "watching ends after its first data"},
      {kWatchSilent, "watch-silent", kNone, "6", "changes are not told to watchers"},
      {kPtyDrop, "pty-drop", kTimes, "7.1", "a terminal ends in the middle of its output"},
      {kAppNotFound, "app-404", kTimes, "7.2", "path apps answer a 404 page"},
      {kAppBadGateway, "app-502", kTimes, "7.2", "path apps answer a 502 page"},
      {kAppForbidden, "app-disabled-403", kNone, "7.2", "path apps are switched off: 403"},
      {kAppCutsBody, "app-cuts-body", kTimes, "7.2", "a path app's answer lacks its second half"},
      {kNoExitCodeField, "no-exit-code-field", kNone, "4.1",
       "scripts have neither exit_code nor status; timings still do"},
      {kReportLost, "report-lost", kNone, "4.2", "the script's exit code never arrives"},
      {kReportLate, "lifecycle-before-exit-code", kMillis, "4.2",
       "the exit code arrives so much later than the lifecycle (3000)"},
      {kAgentNeverConnects, "agent-never-connects", kNone, "9", "the agent stays away"},
      {kAgentDisconnects, "agent-disconnects", kMillis, "4.1",
       "the agent is cut off soon after its start; comes back after so long, or never"},
      {kAgentRestarts, "agent-restarts", kTimes, "4.2", "the agent starts again and so do scripts"},
      {kAutostopMidRun, "autostop-mid-run", kNone, "3.4", "the workspace is stopped while it runs"},
      {kServerError, "server-error", kTimes, "1", "API calls answer 500 (5xx-once: =1)"},
      {kHtmlErrors, "html-errors", kNone, "7.2", "every error is an HTML page, as of a proxy"},
      {kUnknownFields, "unknown-fields-and-enums", kNone, "0",
       "objects have more members, enums more values"},
      {kOldServer, "old-server", kNone, "0", "2.20: no exit code on scripts, no watch-ws"},
      {kNewServer, "new-server", kNone, "0", "2.37: no task_id, no has_ai_task"},
      {kSlow, "slow-everything", kNone, "13", "every step takes twenty times as long"},
  };
  return kTable;
}

Status Faults::Turn(std::string_view knob) {
  const size_t equals = knob.find('=');
  const std::string_view name = knob.substr(0, equals);
  const auto& table = FaultTable();
  const auto row = std::find_if(table.begin(), table.end(),
                                [&](const FaultRow& each) { return each.name == name; });
  const auto fail = [&](std::string cause, std::string hint) {
    return Error{ErrorKind::kInvalid, "turn fault knob", std::string(knob), std::move(cause),
                 std::move(hint)};
  };
  if (row == table.end()) return fail("there is no such knob", "see --fault list");
  if (equals == std::string_view::npos) {
    Set(row->fault);
    return Ok{};
  }
  const std::string_view number = knob.substr(equals + 1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (row->value == FaultValue::kNone) return fail("this knob takes no number", "leave it out");
  if (error != std::errc() || end != number.data() + number.size() || value < 1) {
    return fail("a whole number from 1 is expected behind '='", "");
  }
  Set(row->fault, value);
  return Ok{};
}

int64_t Faults::Value(Fault fault, int64_t otherwise) const {
  const auto found = on_.find(fault);
  return found == on_.end() ? otherwise : found->second.value_or(otherwise);
}

bool Faults::On(Fault fault) const {
  if (!on_.contains(fault)) return false;
  happened_.insert(fault);
  return true;
}

bool Faults::Take(Fault fault) {
  const auto found = on_.find(fault);
  if (found == on_.end()) return false;
  happened_.insert(fault);
  if (found->second && --*found->second == 0) on_.erase(found);
  return true;
}

std::string FaultHelp() {
  std::string help;
  for (const FaultRow& row : FaultTable()) {
    const std::string_view value = row.value == FaultValue::kTimes    ? "[=TIMES]"
                                   : row.value == FaultValue::kMillis ? "[=MS]"
                                                                      : "";
    std::string left = StrCat(row.name, value);
    left.resize(std::max<size_t>(left.size(), 36), ' ');
    StrAppend(&help, left, " ", row.effect, "\n");
  }
  return help;
}

}  // namespace ameide::simulator
