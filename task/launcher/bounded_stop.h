// A wait's own clock: a stop token that fires when the caller stops or when a bound has passed.
#pragma once

#include <atomic>
#include <functional>
#include <stop_token>
#include <thread>

#include "base/clock.h"

namespace ameide::task {

// `clock` must outlive the object. The token may be used by any thread.
class BoundedStop {
 public:
  BoundedStop(std::stop_token outer, const Clock& clock, Millis bound);
  BoundedStop(const BoundedStop&) = delete;
  BoundedStop& operator=(const BoundedStop&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  bool expired() const { return expired_; }  // by the bound, not by the caller

 private:
  std::stop_source source_;
  std::atomic<bool> expired_{false};
  std::stop_callback<std::function<void()>> on_outer_;
  std::jthread timer_;  // last, so that it is joined before what it uses goes away
};

}  // namespace ameide::task
