// The executor's service: sessions and calls over HTTPS with mutual TLS. docs/external-executor.md
// has the protocol.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/http/client.h"
#include "base/json.h"
#include "base/result.h"
#include "task/contract/executor.h"
#include "task/executor/answer.h"

namespace ameide::task {

struct Endpoint {
  std::string origin;  // "https://host:8443"
  std::string prefix;  // "" or "/base", no final slash
};
// kInvalid for anything but https, and for a user, a query, a fragment or odd characters.
Result<Endpoint> EndpointFromUrl(std::string_view url);

struct SessionRequest {
  std::string task_id;
  Json::Object key;  // "devbox", "branch", "user": those that the contract names
  Millis lease{0};   // whole seconds
  WallTime ends_at;  // no renewal leads beyond it
};

struct CallRequest {
  std::string task_id;
  std::string session_id;
  std::string operation_id;
  ExecutorTool tool;
  Json arguments;
  Millis timeout{0};
};

// Thread-safe. `client` must outlive it.
class RemoteExecutor {
 public:
  RemoteExecutor(http::Client& client, Endpoint endpoint)
      : client_(client), endpoint_(std::move(endpoint)) {}

  // The id of the session; the same task gets its own session again. kConflict when another task
  // has it.
  Result<std::string> Open(const SessionRequest& request, std::stop_token stop);
  // kNotFound when the session is gone.
  Status Renew(const std::string& session_id, Millis lease, std::stop_token stop);
  Status Close(const std::string& session_id);
  // A call whose connection was lost is sent once more under the same operation id, which the
  // executor does at most once.
  CallEnd Call(const CallRequest& call, std::stop_token stop);

 private:
  http::Request Make(std::string method, std::string_view path, const Json& body) const;
  Error About(Error error, std::string operation, std::string_view path) const;

  http::Client& client_;
  Endpoint endpoint_;
};

// Fit for a path and a log: 1 to 128 of A-Z, a-z, 0-9, '-' and '_'.
bool IsSessionId(std::string_view text);

}  // namespace ameide::task
