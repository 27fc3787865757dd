#include "task/executor/remote.h"

#include <algorithm>

#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr char kSessions[] = "/v1/sessions";
constexpr Millis kSessionTimeout{30'000};
constexpr Millis kCloseTimeout{10'000};

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int64_t Seconds(Millis time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

bool IsSuccess(const http::Response& response) {
  return response.status >= 200 && response.status < 300;
}

}  // namespace

bool IsSessionId(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphanumeric(c) || c == '-' || c == '_';
  });
}

Result<Endpoint> EndpointFromUrl(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  // Not repeated: a user part would show.
  const auto wrong = [](std::string cause) {
    return Error{ErrorKind::kInvalid, "use", "the executor's endpoint", std::move(cause),
                 "give an URL like https://executor.example.com:8443"};
  };
  if (!url.starts_with(kScheme)) {
    return wrong(url.empty() ? "it is not set" : "it is no https URL, and nothing else is spoken");
  }
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) {
    return IsAlphanumeric(c) || std::string_view(":/.-_[]").find(c) != std::string_view::npos;
  });
  if (!plain || url.find("..") != std::string_view::npos) {
    return wrong("it has a user, a query, a fragment or odd characters");
  }
  const size_t slash = url.find('/', kScheme.size());
  Endpoint endpoint{std::string(url.substr(0, slash)), ""};
  if (slash != std::string_view::npos) endpoint.prefix = std::string(url.substr(slash));
  while (endpoint.prefix.ends_with('/')) endpoint.prefix.pop_back();
  return endpoint;
}

http::Request RemoteExecutor::Make(std::string method, std::string_view path,
                                   const Json& body) const {
  http::Request request;
  request.method = std::move(method);
  request.target = StrCat(endpoint_.prefix, path);
  if (body.AsObject() != nullptr) {
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body.Dump();
  }
  return request;
}

Error RemoteExecutor::About(Error error, std::string operation, std::string_view path) const {
  error.operation = std::move(operation);
  error.target = StrCat(endpoint_.origin, endpoint_.prefix, path);
  return error;
}

Result<std::string> RemoteExecutor::Open(const SessionRequest& wanted, std::stop_token stop) {
  constexpr char kOperation[] = "open a session at";
  Json body{Json::Object{{"task_id", wanted.task_id}}};
  for (const auto& [name, value] : wanted.key) body.Set(name, value);
  body.Set("lease_seconds", Seconds(wanted.lease));
  body.Set("ends_at", FormatTime(wanted.ends_at));
  const auto answer =
      client_.Send(Make("POST", kSessions, body),
                   {.stop = stop, .timeout = kSessionTimeout, .max_body = 64 << 10});
  if (!answer.ok()) return About(answer.error(), kOperation, kSessions);
  if (!IsSuccess(*answer)) return About(AnswerError("", "", *answer), kOperation, kSessions);
  const Result<Json> json = ParseJson(answer->body, {.bytes = 64 << 10, .depth = 8});
  const Json* id = json.ok() ? json->Find("session_id") : nullptr;
  if (id == nullptr || id->AsString() == nullptr || !IsSessionId(*id->AsString())) {
    return About({ErrorKind::kUnavailable, "", "", "its answer names no session that we can use",
                  "the executor has to speak docs/external-executor.md"},
                 kOperation, kSessions);
  }
  return *id->AsString();
}

Status RemoteExecutor::Renew(const std::string& session_id, Millis lease, std::stop_token stop) {
  const std::string path = StrCat(kSessions, "/", session_id);
  const auto answer =
      client_.Send(Make("PUT", path, Json::Object{{"lease_seconds", Seconds(lease)}}),
                   {.stop = stop, .timeout = kSessionTimeout, .max_body = 64 << 10});
  if (!answer.ok()) return About(answer.error(), "renew session", path);
  if (!IsSuccess(*answer)) return About(AnswerError("", "", *answer), "renew session", path);
  return Ok{};
}

Status RemoteExecutor::Close(const std::string& session_id) {
  const std::string path = StrCat(kSessions, "/", session_id);
  const auto answer = client_.Send(Make("DELETE", path, {}),
                                   {.stop = {}, .timeout = kCloseTimeout, .max_body = 64 << 10});
  if (!answer.ok()) return About(answer.error(), "close session", path);
  const bool gone = answer->status == 404 || answer->status == 410;
  if (gone || IsSuccess(*answer)) return Ok{};
  return About(AnswerError("", "", *answer), "close session", path);
}

CallEnd RemoteExecutor::Call(const CallRequest& call, std::stop_token stop) {
  const http::Request request = Make("POST", StrCat("/v1/tools/", call.tool.name),
                                     Json::Object{{"task_id", call.task_id},
                                                  {"session_id", call.session_id},
                                                  {"operation_id", call.operation_id},
                                                  {"arguments", call.arguments}});
  const http::SendOptions options{
      .stop = stop, .timeout = call.timeout, .max_body = kMaxExecutorAnswer};
  auto answer = client_.Send(request, options);
  if (!answer.ok() && answer.error().kind == ErrorKind::kUnavailable && !stop.stop_requested()) {
    answer = client_.Send(request, options);
  }
  if (!answer.ok()) return WithoutAnswer(call.tool, answer.error(), call.operation_id);
  return ReadCallAnswer(call.tool, *answer);
}

}  // namespace ameide::task
