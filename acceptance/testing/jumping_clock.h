// The system's clock, but for an offset that tests make larger: hours pass for whoever asks it for
// the time. Waiting and monotonic time are the real ones.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace ameide::acceptance {

// Thread-safe.
class JumpingClock final : public Clock {
 public:
  void Jump(Millis by) { offset_ += by.count(); }

  WallTime Now() const override { return system_.Now() + Millis(offset_.load()); }
  MonoTime Monotonic() const override { return system_.Monotonic(); }
  bool WaitFor(std::stop_token stop, Millis duration) const override {
    return system_.WaitFor(std::move(stop), duration);
  }

 private:
  SystemClock system_;
  std::atomic<int64_t> offset_ = 0;
};

}  // namespace ameide::acceptance
