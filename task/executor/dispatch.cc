#include "task/executor/dispatch.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/problem.h"

namespace ameide::task {
namespace {

// Newest first. 2025-03-26 is left out: it demands batches, which no other version has.
constexpr std::string_view kVersions[] = {"2025-11-25", "2025-06-18", "2024-11-05"};

Step Reply(Json reply) {
  return {.reply = std::move(reply), .call = {}, .refused = {}, .cancel = {}};
}

Step Fail(const Json& id, int code, std::string message) {
  return Reply(RpcFailure({id, code, std::move(message)}));
}

std::string ProblemsText(const ExecutorTool& tool, const Problems& problems) {
  std::string text = StrCat("The call of ", tool.name, " breaks the tool's contract:");
  for (const Problem& problem : problems) {
    StrAppend(&text, "\n- arguments", problem.pointer, " ", problem.message);
  }
  return text;
}

}  // namespace

Json ToolProblem(std::string_view text) {
  const Json block = Json::Object{{"type", "text"}, {"text", ToPrintable(text)}};
  return Json::Object{{"content", Json::Array{block}}, {"isError", true}};
}

Json ToolSuccess(const Json& result, std::string_view operation_id) {
  const Json block = Json::Object{{"type", "text"}, {"text", result.Dump()}};
  return Json::Object{{"content", Json::Array{block}},
                      {"structuredContent", result},
                      {"isError", false},
                      {"_meta", Json::Object{{"ameide.io/operation_id", operation_id}}}};
}

Dispatcher::Dispatcher(ExecutorContract contract, std::string version)
    : contract_(std::move(contract)), version_(std::move(version)) {}

Step Dispatcher::Dispatch(const std::optional<std::string>& line) {
  if (!line) {
    return Fail({}, kRpcParseError, StrCat("a message has at most ", kMaxRpcLine, " bytes"));
  }
  if (StripWhitespace(*line).empty()) return {};
  const RpcLine read = ReadRpc(*line);
  if (read.error) return Reply(RpcFailure(*read.error));
  const RpcMessage& message = *read.message;
  if (message.kind == RpcMessage::Kind::kResponse) return {};  // we ask nothing
  if (message.kind == RpcMessage::Kind::kNotification) return Notify(message);
  if (message.method == "ping") return Reply(RpcResult(message.id, Json::Object{}));
  if (message.method == "initialize") return Initialize(message);
  if (!initialized_) {
    return Fail(message.id, kRpcInvalidRequest, "the first request is \"initialize\"");
  }
  if (message.method == "tools/list") {
    // All tools are on one page, so no cursor is ours.
    if (message.params.Find("cursor") != nullptr) {
      return Fail(message.id, kRpcInvalidParams, "there is no such cursor");
    }
    return Reply(RpcResult(message.id, Json::Object{{"tools", McpTools(contract_)}}));
  }
  if (message.method == "tools/call") return Call(message);
  return Fail(message.id, kRpcMethodNotFound,
              StrCat("there is no method ", Quote(Truncate(message.method, 100))));
}

Step Dispatcher::Initialize(const RpcMessage& message) {
  if (initialized_) return Fail(message.id, kRpcInvalidRequest, "this is initialized already");
  const Json* wish = message.params.Find("protocolVersion");
  if (wish == nullptr || wish->AsString() == nullptr) {
    return Fail(message.id, kRpcInvalidParams, "\"protocolVersion\" must be a string");
  }
  initialized_ = true;
  const auto known = std::find(std::begin(kVersions), std::end(kVersions), *wish->AsString());
  const std::string_view version = known == std::end(kVersions) ? kVersions[0] : *known;
  return Reply(RpcResult(
      message.id,
      Json::Object{
          {"protocolVersion", version},
          {"capabilities", Json::Object{{"tools", Json::Object{{"listChanged", false}}}}},
          {"serverInfo",
           Json::Object{{"name", "ameide"}, {"title", "Ameide executor"}, {"version", version_}}},
          {"instructions",
           "The executor's tools. Every call is checked against the task's contract."}}));
}

Step Dispatcher::Notify(const RpcMessage& message) const {
  Step step;
  if (message.method != "notifications/cancelled") return step;
  if (const Json* id = message.params.Find("requestId")) step.cancel = *id;
  return step;
}

Step Dispatcher::Call(const RpcMessage& message) {
  const Json* name = message.params.Find("name");
  if (name == nullptr || name->AsString() == nullptr) {
    return Fail(message.id, kRpcInvalidParams, "\"name\" must be a string");
  }
  const Json* given = message.params.Find("arguments");
  const Json arguments = given == nullptr ? Json(Json::Object{}) : *given;
  RefusedCall refused{Truncate(ToOneLine(*name->AsString()), 100), arguments, ""};
  const auto refuse = [&](Json reply, std::string reason) {
    refused.reason = std::move(reason);
    Step step = Reply(std::move(reply));
    step.refused = std::move(refused);
    return step;
  };
  const ExecutorTool* tool = FindTool(contract_, *name->AsString());
  if (tool == nullptr) {
    const std::string reason = StrCat("there is no tool ", Quote(refused.tool));
    return refuse(RpcFailure({message.id, kRpcInvalidParams, reason}), reason);
  }
  Checked<Json> checked = CheckCall(*tool, arguments);
  std::string problem;
  if (!checked.ok()) {
    problem = ProblemsText(*tool, checked.problems);
  } else if (tool->policy == ExecutorTool::Policy::kNeedsApproval) {
    problem = StrCat(tool->name, " needs a person's approval, and a task cannot prove one. Say in ",
                     "your report that it is wanted; do not look for another way.");
  }
  if (!problem.empty()) return refuse(RpcResult(message.id, ToolProblem(problem)), problem);
  Step step;
  step.call = AcceptedCall{message.id, *tool, std::move(*checked.value)};
  return step;
}

}  // namespace ameide::task
