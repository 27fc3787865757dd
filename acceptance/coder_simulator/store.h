// The state behind one lock, and the log of what clients asked.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "acceptance/coder_simulator/state.h"
#include "base/clock.h"

namespace ameide::simulator {

// Thread-safe. The functions passed run under the lock: they must not call back or block.
class Store {
 public:
  // `clock` must outlive the store.
  Store(State state, const Clock& clock) : state_(std::move(state)), clock_(clock) {}

  template <class F>
  auto Read(F&& look) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(look)(static_cast<const State&>(state_), clock_.Now());
  }
  template <class F>
  auto Update(F&& change) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(change)(state_, clock_.Now());
  }

 private:
  mutable std::mutex mutex_;
  State state_;
  const Clock& clock_;
};

struct RequestRecord {
  std::string method, target;
  int status = 0;  // 101 for a WebSocket
  // What a client must never do: "token in the address", "Origin header", ….
  std::vector<std::string> violations;
};

// Thread-safe.
class RequestLog {
 public:
  void Add(RequestRecord record) {
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
  }
  std::vector<RequestRecord> All() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<RequestRecord> records_;
};

}  // namespace ameide::simulator
