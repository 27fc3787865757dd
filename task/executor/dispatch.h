// The MCP server that offers an executor's tools, without its effects: a line in, what to do out.
//
// Source: Model Context Protocol 2025-11-25, 2025-06-18 and 2024-11-05, "Lifecycle", "Tools",
// "Ping" and "Cancellation"; only tools are offered. What a model can correct (a call that breaks
// the tool's contract) is a result with isError, what only a program can is a JSON-RPC error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "task/contract/executor.h"
#include "task/executor/rpc.h"

namespace ameide::task {

// A call that holds what the tool's contract says of one.
struct AcceptedCall {
  Json id;  // of the request
  ExecutorTool tool;
  Json arguments;
};

// A call that may not, for the audit; the answer to it is the step's reply.
struct RefusedCall {
  std::string tool;
  Json arguments;
  std::string reason;
};

// What a line leads to; each may be absent, for a notification all are.
struct Step {
  std::optional<Json> reply;  // to write at once
  std::optional<AcceptedCall> call;
  std::optional<RefusedCall> refused;
  std::optional<Json> cancel;  // the request that nobody wants an answer to any more
};

// Not thread-safe. A tool with the policy needs-approval is never called: all that this process
// could be shown of a person's approval, the task's command could write itself.
class Dispatcher {
 public:
  Dispatcher(ExecutorContract contract, std::string version);

  // Any bytes; `line` is absent when it was longer than kMaxRpcLine.
  Step Dispatch(const std::optional<std::string>& line);

 private:
  Step Initialize(const RpcMessage& message);
  Step Call(const RpcMessage& message);
  Step Notify(const RpcMessage& message) const;

  ExecutorContract contract_;
  std::string version_;  // of this program
  bool initialized_ = false;
};

// A "tools/call" result that says so, and why.
Json ToolProblem(std::string_view text);
// One with the members of an answer. `operation_id` is for people who look into the audit.
Json ToolSuccess(const Json& result, std::string_view operation_id);

}  // namespace ameide::task
