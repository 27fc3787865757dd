#include "base/clock.h"

#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"
#include "base/strings.h"

namespace ameide {

WallTime SystemClock::Now() const { return std::chrono::system_clock::now(); }
MonoTime SystemClock::Monotonic() const { return std::chrono::steady_clock::now(); }

bool SystemClock::WaitFor(std::stop_token stop, Millis duration) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

std::string FormatTime(WallTime time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromChrono(time), absl::UTCTimeZone());
}

Result<WallTime> ParseTime(std::string_view text) {
  const auto invalid = [&](std::string cause) {
    return Error{ErrorKind::kInvalid, "parse time", StrCat("\"", text, "\""), std::move(cause),
                 "use RFC 3339, for example 2026-01-02T03:04:05Z"};
  };
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()), &time,
                       &why)) {
    return invalid(std::move(why));
  }
  if (time < absl::UnixEpoch() || time > absl::FromChrono(WallTime::max())) {
    return invalid("this lies outside of the years 1970 to 2262");
  }
  return absl::ToChronoTime(time);
}

Result<Millis> ParseDuration(std::string_view text) {
  const auto invalid = [&](std::string cause) {
    return Error{ErrorKind::kInvalid, "parse duration", StrCat("\"", text, "\""), std::move(cause),
                 "use a form such as \"90s\", \"45m\" or \"1h30m\""};
  };
  absl::Duration duration;
  if (!absl::ParseDuration(absl::string_view(text.data(), text.size()), &duration) ||
      duration == absl::InfiniteDuration() || duration == -absl::InfiniteDuration()) {
    return invalid("this is not a duration");
  }
  if (duration < absl::ZeroDuration()) return invalid("a duration cannot be negative");
  // A year is far above any limit of ours and far below what overflows a deadline.
  if (duration > absl::Hours(24 * 365)) return invalid("this is longer than a year");
  if (duration != absl::Trunc(duration, absl::Milliseconds(1))) {
    return invalid("durations are whole milliseconds");
  }
  return Millis(absl::ToInt64Milliseconds(duration));
}

std::string FormatDuration(Millis duration) {
  return absl::FormatDuration(absl::FromChrono(duration));
}

}  // namespace ameide
