#include "base/http/pool.h"

#include <algorithm>

namespace ameide::http {
namespace {

// Shorter than what gateways usually grant: a request on a connection that they are just closing
// can only be repeated when it changes nothing twice.
constexpr Millis kMaxRest{45'000};

}  // namespace

Result<Pool::Turn> Pool::TakeTurn(const std::stop_token& stop, MonoTime deadline) {
  std::unique_lock lock(mutex_);
  const bool mine = turn_free_.wait_until(lock, stop, deadline, [this] { return free_turns_ > 0; });
  if (stop.stop_requested()) return Error{ErrorKind::kCancelled, "", "", "stopped", ""};
  if (!mine) {
    return Error{ErrorKind::kTimeout, "", "", "every connection was busy all the time",
                 "allow more connections or more time"};
  }
  --free_turns_;
  return Turn(*this);
}

void Pool::GiveTurnBack() {
  const std::lock_guard lock(mutex_);
  ++free_turns_;
  turn_free_.notify_one();
}

std::unique_ptr<Channel> Pool::Take() {
  while (true) {
    Idle idle;
    {
      const std::lock_guard lock(mutex_);
      if (idle_.empty()) return nullptr;
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
    const bool fresh = std::chrono::steady_clock::now() - idle.since < kMaxRest;
    if (fresh && idle.channel->IsQuiet()) return std::move(idle.channel);
  }
}

void Pool::Keep(std::unique_ptr<Channel> channel) {
  std::unique_ptr<Channel> surplus;  // closed without the lock
  const std::lock_guard lock(mutex_);
  if (max_idle_ == 0) {
    surplus = std::move(channel);
    return;
  }
  if (idle_.size() >= max_idle_) {
    surplus = std::move(idle_.front().channel);
    idle_.erase(idle_.begin());
  }
  idle_.push_back({std::move(channel), std::chrono::steady_clock::now()});
}

}  // namespace ameide::http
