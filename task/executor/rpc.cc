#include "task/executor/rpc.h"

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr int kMaxDepth = 32;

bool IsId(const Json& json) {
  int64_t number = 0;
  return json.AsString() != nullptr || json.GetInt64(&number);
}

}  // namespace

RpcLine ReadRpc(std::string_view line) {
  const auto wrong = [](Json id, int code, std::string message) {
    return RpcLine{{}, RpcError{std::move(id), code, std::move(message)}};
  };
  const Result<Json> json = ParseJson(line, {.bytes = kMaxRpcLine, .depth = kMaxDepth});
  if (!json.ok()) return wrong({}, kRpcParseError, ToOneLine(json.error().cause));
  if (json->AsObject() == nullptr) {
    return wrong({}, kRpcInvalidRequest, "a message is one JSON object; batches are not supported");
  }
  const Json* id = json->Find("id");
  const bool has_id = id != nullptr && IsId(*id);
  const Json answer_to = has_id ? *id : Json();
  const Json* version = json->Find("jsonrpc");
  if (version == nullptr || *version != Json("2.0")) {
    return wrong(answer_to, kRpcInvalidRequest, "\"jsonrpc\" must be \"2.0\"");
  }
  const Json* method = json->Find("method");
  if (method == nullptr && (json->Find("result") != nullptr || json->Find("error") != nullptr)) {
    return {RpcMessage{.kind = RpcMessage::Kind::kResponse}, {}};
  }
  if (method == nullptr || method->AsString() == nullptr) {
    return wrong(answer_to, kRpcInvalidRequest, "\"method\" must be a string");
  }
  if (id != nullptr && !has_id) {
    return wrong({}, kRpcInvalidRequest, "\"id\" must be a string or a whole number");
  }
  RpcMessage message{.id = answer_to, .method = *method->AsString()};
  if (id == nullptr) message.kind = RpcMessage::Kind::kNotification;
  if (const Json* params = json->Find("params")) {
    if (params->AsObject() == nullptr) {
      return wrong(answer_to, kRpcInvalidParams, "\"params\" must be an object");
    }
    message.params = *params;
  }
  return {std::move(message), {}};
}

Json RpcResult(const Json& id, Json result) {
  return Json::Object{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

Json RpcFailure(const RpcError& error) {
  return Json::Object{{"jsonrpc", "2.0"},
                      {"id", error.id},
                      {"error", Json::Object{{"code", error.code}, {"message", error.message}}}};
}

}  // namespace ameide::task
