// An executor for tests: the protocol of docs/external-executor.md, with tools that do small real
// things in a folder. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/http/client.h"
#include "base/http/http.h"
#include "base/json.h"

namespace ameide::task::testing {

class StubExecutor {
 public:
  // `clock` must outlive it; `folder` is the "machine's" working tree.
  StubExecutor(fs::path folder, const Clock& clock) : folder_(std::move(folder)), clock_(clock) {}

  http::Response Answer(const http::Request& request);

  // What it has seen.
  struct Session {
    std::string id;
    std::string task_id;
    std::string key;
    int64_t lease_seconds = 0;
    WallTime until;
    std::string ends_at;
  };
  std::vector<Session> sessions() const;  // the open ones
  int opened() const;
  int renewed() const;
  int closed() const;
  std::vector<Json> calls() const;  // bodies, also of repeated calls
  int done() const;                 // operations that were really done

  // In place of the answer to a call; called without a lock.
  using Override = std::function<std::optional<http::Response>(const http::Request&)>;
  void set_override(Override override);
  // Ends all sessions, as when the machine was restarted.
  void Forget();

 private:
  http::Response Open(const Json& body);
  http::Response Renew(const std::string& id, const Json& body);
  http::Response Close(const std::string& id);
  http::Response Call(const std::string& tool, const Json& body);
  http::Response Do(const std::string& tool, const Session& session, const Json& arguments) const;
  http::Response RunScript(const std::string& script) const;
  Session* Find(const std::string& id);

  const fs::path folder_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Session> open_;  // by key
  std::map<std::string, http::Response> by_operation_;
  std::vector<Json> calls_;
  int opened_ = 0;
  int renewed_ = 0;
  int closed_ = 0;
  int done_ = 0;
  Override override_;
};

// A client that goes straight to the stub. While `failures` is above zero a request is lost: before
// it reaches the stub, or with `after` only its answer.
class DirectClient final : public http::Client {
 public:
  explicit DirectClient(StubExecutor& executor) : executor_(executor) {}
  Result<http::Response> Send(const http::Request& request,
                              const http::SendOptions& options) override;
  Result<std::unique_ptr<http::WebSocket>> OpenWebSocket(const std::string& target,
                                                         const http::SendOptions&) override;
  void Lose(int failures, bool after, ErrorKind kind = ErrorKind::kUnavailable);

 private:
  StubExecutor& executor_;
  std::mutex mutex_;
  int failures_ = 0;
  bool after_ = false;
  ErrorKind kind_ = ErrorKind::kUnavailable;
};

}  // namespace ameide::task::testing
