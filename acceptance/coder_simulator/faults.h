// What can go wrong with a Coder server, one knob each. A knob is off, on, or on for a number of
// times or milliseconds, as its row in the table says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ameide::simulator {

enum class Fault {
  kNameTaken,
  kStillImporting,
  kImportFails,
  kRateLimit,
  kNoRetryAfter,
  kCreateAnswerLost,
  kCreateFails,
  kCancelForbidden,
  kCancelMismatch,
  kStuckCanceling,
  kStartFails,
  kProvisionerAbsent,
  kBuildActive,
  kDeleteFails,
  kGoneAsNotFound,
  kLogOverflow,
  kProvisionerLogOverflow,
  kWebSocketDrop,
  kWatchDrop,
  kWatchSilent,
  kPtyDrop,
  kAppNotFound,
  kAppBadGateway,
  kAppForbidden,
  kAppCutsBody,
  kNoExitCodeField,
  kReportLost,
  kReportLate,
  kAgentNeverConnects,
  kAgentDisconnects,
  kAgentRestarts,
  kAutostopMidRun,
  kServerError,
  kHtmlErrors,
  kUnknownFields,
  kOldServer,
  kNewServer,
  kSlow,
};

enum class FaultValue { kNone, kTimes, kMillis };

struct FaultRow {
  Fault fault;
  std::string_view name;
  FaultValue value;  // what stands behind "=": nothing, how many times (without: always), or ms
  std::string_view fact;  // section of the facts that docs/coder-simulator.md lists
  std::string_view effect;
};

const std::vector<FaultRow>& FaultTable();

// Which knobs are turned. Not thread-safe.
class Faults {
 public:
  // "delete-fails", "delete-fails=1". kInvalid names the possible ones.
  Status Turn(std::string_view knob);
  void Set(Fault fault, std::optional<int64_t> value = std::nullopt) { on_[fault] = value; }
  void Clear(Fault fault) { on_.erase(fault); }

  // Asked only where it makes a difference.
  bool On(Fault fault) const;
  // The number behind "=", or `otherwise`.
  int64_t Value(Fault fault, int64_t otherwise) const;
  // Whether it happens now; one time less is left.
  bool Take(Fault fault);
  // Whether it ever made a difference: a test in which its fault did not happen proves nothing.
  bool Happened(Fault fault) const { return happened_.contains(fault); }

 private:
  std::map<Fault, std::optional<int64_t>> on_;
  mutable std::set<Fault> happened_;
};

// One line per knob.
std::string FaultHelp();

}  // namespace ameide::simulator
