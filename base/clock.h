// Time, passed in: nothing outside base/ and the main programs reads a clock or sleeps.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide {

using WallTime = std::chrono::system_clock::time_point;
using MonoTime = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;        // for records and names; may jump
  virtual MonoTime Monotonic() const = 0;  // for deadlines and durations; never goes back
  // Blocks for at most `duration`, less when `stop` is requested. Returns false when stopped.
  virtual bool WaitFor(std::stop_token stop, Millis duration) const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime Now() const override;
  MonoTime Monotonic() const override;
  bool WaitFor(std::stop_token stop, Millis duration) const override;
};

// RFC 3339 in UTC with exactly six fractional digits: 2026-01-02T03:04:05.000006Z. Terraform's log
// reader demands that form, so we use it everywhere.
std::string FormatTime(WallTime time);
// kInvalid also outside of 1970 to 2262, which is all that WallTime holds.
Result<WallTime> ParseTime(std::string_view text);

// Go's duration form, as Terraform users write it: "90s", "1h30m", "250ms". Whole milliseconds,
// not negative; kInvalid otherwise, with the text quoted in the cause.
Result<Millis> ParseDuration(std::string_view text);
std::string FormatDuration(Millis duration);  // the same form back, "1h30m"

}  // namespace ameide
