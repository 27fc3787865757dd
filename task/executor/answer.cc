#include "task/executor/answer.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr int kMaxDepth = 32;
constexpr size_t kMaxReason = 2000;  // bytes of the executor's own words

bool IsSuccess(const http::Response& response) {
  return response.status >= 200 && response.status < 300;
}

// The executor's own words about what went wrong, for one line.
std::string OwnWords(const http::Response& response) {
  const Result<Json> body = ParseJson(response.body, {.bytes = kMaxExecutorAnswer, .depth = 8});
  const Json* error = body.ok() ? body->Find("error") : nullptr;
  const std::string* text = error == nullptr ? nullptr : error->AsString();
  return text == nullptr ? "" : Truncate(ToOneLine(*text), kMaxReason);
}

std::string StatusText(const http::Response& response) {
  if (response.status >= 300 && response.status < 400) {
    return StrCat("it answered ", response.status, ", a redirect, which is never followed");
  }
  const std::string words = OwnWords(response);
  return StrCat("it answered ", response.status, words.empty() ? "" : ": ", words);
}

CallEnd Failed(int status, std::string reason) {
  return {.outcome = CallEnd::Outcome::kFailed,
          .status = status,
          .result = {},
          .reason = std::move(reason)};
}

// Empty: the members are those of the contract.
std::string MembersProblem(const ExecutorTool& tool, const Json& answer) {
  for (const std::string& name : tool.results) {
    if (answer.Find(name) == nullptr) return StrCat("it lacks \"", name, "\"");
  }
  for (const auto& [name, value] : *answer.AsObject()) {
    if (std::find(tool.results.begin(), tool.results.end(), name) == tool.results.end()) {
      return StrCat("it has ", Quote(Truncate(ToOneLine(name), 64)), ", which is not in it");
    }
  }
  return "";
}

}  // namespace

std::string_view ToString(CallEnd::Outcome outcome) {
  constexpr std::string_view kWords[] = {"done", "refused", "failed", "unknown", "cancelled"};
  return kWords[static_cast<size_t>(outcome)];
}

Json Neutral(const Json& json) {
  if (const std::string* text = json.AsString()) return ToPrintable(*text);
  if (const Json::Array* items = json.AsArray()) {
    Json::Array out;
    for (const Json& item : *items) out.push_back(Neutral(item));
    return out;
  }
  if (const Json::Object* members = json.AsObject()) {
    Json out{Json::Object{}};
    for (const auto& [name, value] : *members) out.Set(ToOneLine(name), Neutral(value));
    return out;
  }
  return json;
}

CallEnd ReadCallAnswer(const ExecutorTool& tool, const http::Response& response) {
  if (!IsSuccess(response)) {
    return Failed(response.status,
                  StrCat("The executor did not do ", tool.name, ": ", StatusText(response), "."));
  }
  const std::string broken = StrCat("The executor's answer to ", tool.name,
                                    " breaks the tool's contract, so it is not shown: ");
  const Result<Json> body =
      ParseJson(response.body, {.bytes = kMaxExecutorAnswer, .depth = kMaxDepth});
  if (!body.ok()) return Failed(response.status, StrCat(broken, ToOneLine(body.error().cause)));
  if (body->AsObject() == nullptr) {
    return Failed(response.status, StrCat(broken, "it is a JSON ", body->TypeName()));
  }
  const std::string problem = MembersProblem(tool, *body);
  if (!problem.empty()) return Failed(response.status, StrCat(broken, problem));
  return {.outcome = CallEnd::Outcome::kDone,
          .status = response.status,
          .result = Neutral(*body),
          .reason = ""};
}

CallEnd WithoutAnswer(const ExecutorTool& tool, const Error& error, std::string_view operation_id) {
  CallEnd end;
  if (error.kind == ErrorKind::kCancelled) {
    end.outcome = CallEnd::Outcome::kCancelled;
    end.reason = StrCat(tool.name, " was cancelled.");
    return end;
  }
  if (error.kind == ErrorKind::kInvalid) return Failed(0, ToPrintable(error.ToString()));
  const bool changes = tool.policy != ExecutorTool::Policy::kReadOnly;
  end.outcome = changes ? CallEnd::Outcome::kUnknown : CallEnd::Outcome::kFailed;
  end.reason = StrCat("No answer to ", tool.name, ": ", ToPrintable(error.cause), ".");
  if (changes) {
    StrAppend(&end.reason, " It may have been done all the same (operation ", operation_id,
              "); look at the state before you try again.");
  }
  return end;
}

Error AnswerError(std::string operation, std::string target, const http::Response& response) {
  Error error{ErrorKind::kUnavailable, std::move(operation), std::move(target),
              StatusText(response), ""};
  switch (response.status) {
    case 401:
    case 403:
      error.kind = ErrorKind::kDenied;
      error.hint = "check what the client certificate is allowed";
      break;
    case 404:
    case 410:
      error.kind = ErrorKind::kNotFound;
      break;
    case 409:
      error.kind = ErrorKind::kConflict;
      error.hint = "wait until the other task is done, or use another devbox or branch";
      break;
    default:
      break;
  }
  return error;
}

}  // namespace ameide::task
