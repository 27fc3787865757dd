// JSON-RPC 2.0 as MCP uses it over standard streams: one message per line, no batches. Pure.
//
// Sources: jsonrpc.org/specification; Model Context Protocol 2025-06-18, "Base Protocol" (ids are
// strings or whole numbers, parameters are objects).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace ameide::task {

inline constexpr int kRpcParseError = -32700;
inline constexpr int kRpcInvalidRequest = -32600;
inline constexpr int kRpcMethodNotFound = -32601;
inline constexpr int kRpcInvalidParams = -32602;
inline constexpr int kRpcInternalError = -32603;

inline constexpr size_t kMaxRpcLine = 1u << 20;

struct RpcMessage {
  enum class Kind { kRequest, kNotification, kResponse };
  Kind kind = Kind::kRequest;
  Json id;  // of a request; else null
  std::string method;
  Json params{Json::Object{}};
};

// What is wrong with a line, ready to be answered.
struct RpcError {
  Json id;  // null when the line does not show one
  int code = 0;
  std::string message;
};

// Exactly one of the two is set.
struct RpcLine {
  std::optional<RpcMessage> message;
  std::optional<RpcError> error;
};
RpcLine ReadRpc(std::string_view line);

Json RpcResult(const Json& id, Json result);
Json RpcFailure(const RpcError& error);

}  // namespace ameide::task
