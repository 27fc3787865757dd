// A clock that moves only when told. Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/clock.h"

namespace ameide::testing {

class FakeClock final : public Clock {
 public:
  // 2026-01-02T03:04:05Z, so that goldens are stable.
  FakeClock() : wall_(std::chrono::seconds(1767323045)), mono_(std::chrono::hours(1)) {}

  WallTime Now() const override {
    const std::lock_guard lock(mutex_);
    return wall_;
  }
  MonoTime Monotonic() const override {
    const std::lock_guard lock(mutex_);
    return mono_;
  }
  bool WaitFor(std::stop_token stop, Millis duration) const override {
    std::unique_lock lock(mutex_);
    const MonoTime until = mono_ + duration;
    moved_.wait(lock, stop, [&] { return mono_ >= until; });
    return !stop.stop_requested();
  }
  void Advance(Millis by) {
    const std::lock_guard lock(mutex_);
    wall_ += by;
    mono_ += by;
    moved_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any moved_;
  WallTime wall_;
  MonoTime mono_;
};

}  // namespace ameide::testing
