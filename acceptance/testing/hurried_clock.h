// Time that runs several times as fast, for whoever waits by it: pauses and bounds that take
// minutes pass in seconds. Only where nothing slow has to happen within those bounds.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace ameide::acceptance {

// Thread-safe.
class HurriedClock final : public Clock {
 public:
  explicit HurriedClock(int factor) : factor_(factor) {}

  WallTime Now() const override { return wall_ + factor_ * (system_.Now() - wall_); }
  MonoTime Monotonic() const override { return start_ + factor_ * (system_.Monotonic() - start_); }
  bool WaitFor(std::stop_token stop, Millis duration) const override {
    return system_.WaitFor(std::move(stop), std::max(duration / factor_, Millis(1)));
  }

 private:
  SystemClock system_;
  const int factor_;
  const WallTime wall_ = system_.Now();
  const MonoTime start_ = system_.Monotonic();
};

}  // namespace ameide::acceptance
