// The connections of one client: those at rest, and turns for those who want one.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/http/channel.h"
#include "base/result.h"

namespace ameide::http {

// Thread-safe.
class Pool {
 public:
  Pool(int max_connections, int max_idle)
      : free_turns_(max_connections), max_idle_(static_cast<size_t>(max_idle)) {}

  // Held while a connection is used; gives its turn back when it goes.
  class Turn {
   public:
    explicit Turn(Pool& pool) : pool_(&pool) {}
    Turn(Turn&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (pool_ != nullptr) pool_->GiveTurnBack();
    }

   private:
    Pool* pool_;
  };
  // Waits while all are taken. kCancelled, or kTimeout at `deadline`.
  Result<Turn> TakeTurn(const std::stop_token& stop, MonoTime deadline);

  // A connection at rest that still looks alive, the one used last; or null.
  std::unique_ptr<Channel> Take();
  void Keep(std::unique_ptr<Channel> channel);

 private:
  struct Idle {
    std::unique_ptr<Channel> channel;
    MonoTime since;
  };
  void GiveTurnBack();

  std::mutex mutex_;
  std::condition_variable_any turn_free_;
  int free_turns_;
  const size_t max_idle_;
  std::vector<Idle> idle_;
};

}  // namespace ameide::http
