// A stand-in for the connection to a server: a function answers, and what was asked is kept.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/http/client.h"

namespace ameide::coder::testing {

struct HttpWorld {
  std::function<Result<http::Response>(const http::Request&)> answer;
  std::mutex mutex;
  std::vector<http::Request> requests;

  size_t Count(const std::string& method_and_target) {
    const std::lock_guard lock(mutex);
    size_t count = 0;
    for (const http::Request& request : requests) {
      count += request.method + " " + request.target == method_and_target ? 1 : 0;
    }
    return count;
  }
};

class ScriptedHttp final : public http::Client {
 public:
  explicit ScriptedHttp(HttpWorld& world) : world_(world) {}
  Result<http::Response> Send(const http::Request& request,
                              const http::SendOptions& options) override {
    if (options.stop.stop_requested()) {
      return Error{ErrorKind::kCancelled, "send", request.target, "stopped", ""};
    }
    {
      const std::lock_guard lock(world_.mutex);
      world_.requests.push_back(request);
    }
    return world_.answer(request);
  }
  Result<std::unique_ptr<http::WebSocket>> OpenWebSocket(const std::string& target,
                                                         const http::SendOptions&) override {
    return Error{ErrorKind::kUnavailable, "open", target, "this server has no web sockets", ""};
  }

 private:
  HttpWorld& world_;
};

// Time passes only by waiting, and then at once.
class LeapingClock final : public Clock {
 public:
  WallTime Now() const override { return WallTime(std::chrono::hours(500'000)) + passed(); }
  MonoTime Monotonic() const override { return MonoTime(std::chrono::hours(1)) + passed(); }
  bool WaitFor(std::stop_token stop, Millis duration) const override {
    const std::lock_guard lock(mutex_);
    if (stop.stop_requested()) return false;
    passed_ += duration;
    return true;
  }
  Millis passed() const {
    const std::lock_guard lock(mutex_);
    return passed_;
  }

 private:
  mutable std::mutex mutex_;
  mutable Millis passed_{0};
};

}  // namespace ameide::coder::testing
