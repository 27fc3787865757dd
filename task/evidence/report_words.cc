#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/report_parts.h"

namespace ameide::task::report {
namespace {

constexpr int64_t kLongest = 10'000ll * 24 * 3600 * 1000;  // whatever a hostile result claims

std::string TwoDigits(int64_t number) { return StrCat(number < 10 ? "0" : "", number); }

}  // namespace

Markup OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
      return "Success";
    case Outcome::kFailure:
      return "Failed";
    case Outcome::kError:
      return "Error";
    case Outcome::kTimeout:
      return "Timed out";
    case Outcome::kCancellation:
      return "Cancelled";
  }
  return "Error";
}

Markup ToneOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
      return "good";
    case Outcome::kFailure:
      return "bad";
    case Outcome::kError:
    case Outcome::kTimeout:
      return "warn";
    case Outcome::kCancellation:
      return "calm";
  }
  return "warn";
}

Markup FailureName(FailureClass failure) {
  switch (failure) {
    case FailureClass::kNone:
      return "";
    case FailureClass::kCommandFailed:
      return "The command failed";
    case FailureClass::kGuardrailViolation:
      return "The change set breaks a guardrail";
    case FailureClass::kMissingEvidence:
      return "Required evidence is missing";
    case FailureClass::kInputRequired:
      return "The command asks a question";
    case FailureClass::kRefused:
      return "Refused before anything ran";
    case FailureClass::kCheckoutFailed:
      return "The repository could not be checked out";
    case FailureClass::kPublishFailed:
      return "The work could not be published";
    case FailureClass::kTimedOut:
      return "A clock ran out";
    case FailureClass::kCancelled:
      return "The run was cancelled";
    case FailureClass::kInfrastructure:
      return "The workspace was lost";
    case FailureClass::kInternal:
      return "Internal error";
  }
  return "";
}

std::string HumanDuration(Millis duration) {
  const int64_t ms = std::clamp<int64_t>(duration.count(), 0, kLongest);
  const int64_t seconds = ms / 1000;
  if (ms < 1000) return StrCat(ms, " ms");
  if (seconds < 60) return StrCat(seconds, ".", ms % 1000 / 100, " s");
  if (seconds < 3600) return StrCat(seconds / 60, " min ", TwoDigits(seconds % 60), " s");
  return StrCat(seconds / 3600, " h ", TwoDigits(seconds / 60 % 60), " min");
}

std::string HumanSize(uint64_t bytes) {
  if (bytes < 1024) return StrCat(bytes, " B");
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  size_t unit = 0;
  uint64_t scaled = bytes;
  for (; scaled >= 1024 * 1024 && unit + 1 < std::size(kUnits); ++unit) scaled /= 1024;
  return StrCat(scaled / 1024, ".", scaled % 1024 * 10 / 1024, " ", kUnits[unit]);
}

std::string HumanTime(WallTime time) {
  const std::string text = FormatTime(time);
  if (text.size() < 19) return text;
  return StrCat(std::string_view(text).substr(0, 10), " ", std::string_view(text).substr(11, 8),
                " UTC");
}

Millis Between(WallTime from, WallTime to) {
  const auto in_ms = [](WallTime time) {
    return std::chrono::floor<Millis>(time.time_since_epoch());
  };
  return std::max(in_ms(to) - in_ms(from), Millis{0});
}

}  // namespace ameide::task::report
