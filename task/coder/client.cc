#include "task/coder/client.h"

#include "task/coder/client_call.h"

namespace ameide::coder {
namespace {

bool IsSuccess(const http::Response& answer) { return answer.status >= 200 && answer.status < 300; }

}  // namespace

CoderClient::CoderClient(std::unique_ptr<http::Client> http, std::string url, Secrets secrets,
                         const Clock& clock)
    : http_(std::move(http)),
      url_(std::move(url)),
      secrets_(std::move(secrets)),
      clock_(clock),
      budget_(clock) {}

CoderClient::Call CoderClient::Get(std::string operation, std::string target, std::string path) {
  http::Request request;
  request.target = std::move(path);
  request.headers = {{"Accept", "application/json"}};
  return {std::move(operation), std::move(target), std::move(request), Repeat::kSafely};
}

CoderClient::Call CoderClient::Post(std::string operation, std::string target, std::string path,
                                    const Json& body) {
  Call call = Put(std::move(operation), std::move(target), std::move(path), body);
  call.request.method = "POST";
  call.repeat = Repeat::kNever;
  return call;
}

CoderClient::Call CoderClient::Put(std::string operation, std::string target, std::string path,
                                   const Json& body) {
  Call call = Get(std::move(operation), std::move(target), std::move(path));
  call.request.method = "PUT";
  call.request.headers.emplace_back("Content-Type", "application/json");
  call.request.body = body.is_null() ? "" : body.Dump();
  return call;
}

// Every PATCH we send says what shall be, so repeating it changes nothing.
CoderClient::Call CoderClient::Patch(std::string operation, std::string target, std::string path,
                                     const Json& body) {
  Call call = Put(std::move(operation), std::move(target), std::move(path), body);
  call.request.method = "PATCH";
  return call;
}

// Spreads callers that failed together; needs no good randomness.
double CoderClient::NextJitter() {
  const uint32_t mixed = (calls_.fetch_add(1) + 1) * 2654435761u;
  return static_cast<double>(mixed >> 8) / static_cast<double>(1u << 24);
}

Status CoderClient::Pause(std::stop_token stop, const std::string& operation, Millis pause) {
  if (pause <= Millis(0) || clock_.WaitFor(std::move(stop), pause)) return Ok{};
  return Error{ErrorKind::kCancelled, operation, url_, "stopped", ""};
}

Error CoderClient::Cleaned(Error error, const std::string& operation,
                           const std::string& target) const {
  error.cause = Harmless(StrCat(error.operation, " ", error.target, ": ", error.cause), secrets_);
  error.operation = operation;
  error.target = Harmless(target.empty() ? url_ : StrCat(target, " at ", url_), secrets_);
  error.hint = Harmless(error.hint, secrets_);
  return error;
}

Error CoderClient::ErrorFor(std::string operation, std::string target,
                            const http::Response& answer) const {
  return ErrorOf(std::move(operation), std::move(target), answer, secrets_);
}

Result<http::Response> CoderClient::Send(std::stop_token stop, const Call& call) {
  const std::string path = call.request.target.substr(0, call.request.target.find('?'));
  for (int number = 1;; ++number) {
    AMEIDE_RETURN_IF_ERROR(Pause(stop, call.operation, budget_.Take(path)));
    Result<http::Response> answer = http_->Send(call.request, {stop, std::nullopt, std::nullopt});
    Attempt attempt{.number = number};
    Error failure;
    if (answer.ok()) {
      attempt.answer = *std::move(answer);
    } else {
      failure = answer.error();
      attempt.failure = failure.kind;
    }
    const std::optional<Millis> pause = PauseBeforeNext(attempt, call.repeat, NextJitter());
    if (!pause) {
      if (attempt.answer) return *std::move(attempt.answer);
      return Cleaned(std::move(failure), call.operation, call.target);
    }
    AMEIDE_RETURN_IF_ERROR(Pause(stop, call.operation, *pause));
  }
}

Result<std::optional<Json>> CoderClient::AskMaybe(std::stop_token stop, const Call& call) {
  AMEIDE_ASSIGN_OR_RETURN(const http::Response answer, Send(std::move(stop), call));
  if (answer.status == 404) return std::optional<Json>();
  if (!IsSuccess(answer)) return ErrorFor(call.operation, call.target, answer);
  if (answer.body.empty()) return std::optional<Json>(Json());  // 204
  Result<Json> json = ParseJson(answer.body);
  if (!json.ok()) {
    return Error{ErrorKind::kInvalid, call.operation, Harmless(call.target, secrets_),
                 StrCat("the answer is no JSON: ", Harmless(json.error().cause, secrets_)),
                 "check that the URL is Coder's access URL"};
  }
  return std::optional<Json>(*std::move(json));
}

Result<Json> CoderClient::Ask(std::stop_token stop, const Call& call) {
  AMEIDE_ASSIGN_OR_RETURN(std::optional<Json> json, AskMaybe(std::move(stop), call));
  if (json) return *std::move(json);
  return Error{ErrorKind::kNotFound, call.operation, Harmless(call.target, secrets_),
               "Coder answered 404: it is not there, or the token's user may not see it", ""};
}

Result<CancelAnswer> CoderClient::Cancel(std::stop_token stop, Call call) {
  AMEIDE_ASSIGN_OR_RETURN(const http::Response answer, Send(std::move(stop), call));
  if (IsSuccess(answer)) return CancelAnswer::kAccepted;
  if (answer.status == 400) return CancelAnswer::kTooLate;
  if (answer.status == 403) return CancelAnswer::kForbidden;
  if (answer.status == 409 || answer.status == 412) return CancelAnswer::kOtherState;
  return ErrorFor(call.operation, call.target, answer);
}

Result<BuildInfo> CoderClient::GetBuildInfo(std::stop_token stop) {
  return AskFor(stop, Get("ask for the version of", url_, ApiPath("buildinfo")), BuildInfoFrom);
}

Result<User> CoderClient::Me(std::stop_token stop) {
  return AskFor(stop, Get("ask for the token's user at", url_, ApiPath("users", "me")), UserFrom);
}

Result<std::vector<Organization>> CoderClient::MyOrganizations(std::stop_token stop) {
  return AskForList(stop,
                    Get("list organizations at", url_, ApiPath("users", "me", "organizations")),
                    OrganizationFrom);
}

}  // namespace ameide::coder
