// SIGTERM, SIGINT and SIGHUP as a stop token.
#pragma once

#include <stop_token>
#include <thread>

#include "base/unique_fd.h"

namespace ameide {

// While it lives, the signals are blocked in the calling thread and in threads it starts, and turn
// into a stop request; the first is enough, later ones change nothing. Make it before other threads
// exist. Children get the default handling (base/subprocess.h).
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  std::stop_token token() const { return source_.get_token(); }

 private:
  void Listen();
  std::stop_source source_;
  UniqueFd signals_;
  UniqueFd leave_;
  std::thread listener_;
};

}  // namespace ameide
