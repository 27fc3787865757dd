#include "acceptance/coder_simulator/router.h"

#include <algorithm>
#include <optional>

#include "acceptance/coder_simulator/objects.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr std::string_view kApi = "/api/v2";
constexpr char kTokenHeader[] = "Coder-Session-Token";
constexpr char kTokenQuery[] = "coder_session_token";
constexpr size_t kRateLimit = 512;  // facts 1: per user, path and minute
constexpr std::chrono::minutes kRateWindow{1};

// The decoded values of "{}" when the path has the pattern's form.
std::optional<std::vector<std::string>> Match(std::string_view pattern, std::string_view path) {
  const auto wanted = StrSplit(pattern, '/');
  const auto given = StrSplit(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> arguments;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "{}") {
      arguments.push_back(http::DecodeComponent(given[i]));
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return arguments;
}

std::vector<std::string> Violations(const http::Request& request, const http::Target& target) {
  std::vector<std::string> found;
  if (http::FindQuery(target, kTokenQuery)) found.emplace_back("token in the address");
  if (http::FindHeader(request.headers, "Origin")) found.emplace_back("Origin header");
  return found;
}

std::optional<User> UserOf(const Site& site, const http::Request& request) {
  const auto token = http::FindHeader(request.headers, kTokenHeader);
  return site.store.Read([&](const State& state, WallTime) -> std::optional<User> {
    for (const User& user : state.users) {
      if (token == user.token) return user;
    }
    return std::nullopt;
  });
}

// The agent and the owner of its workspace.
bool FindAgentCaller(const Site& site, const http::Request& request, Call* call) {
  const auto token = http::FindHeader(request.headers, kTokenHeader);
  return site.store.Read([&](const State& state, WallTime) {
    for (const Workspace& workspace : state.workspaces) {
      const Build& build = workspace.Latest();
      if (!build.agent || token != build.agent->token) continue;
      call->agent_id = build.agent->id;
      call->user = *state.FindUser(workspace.owner_id);
      return true;
    }
    return false;
  });
}

// Nothing, or 429.
std::optional<http::Reply> LimitRate(const Site& site, const User& user, const std::string& path) {
  return site.store.Update([&](State& state, WallTime now) -> std::optional<http::Reply> {
    auto& times = state.requests[StrCat(user.id, " ", path)];
    while (!times.empty() && now - times.front() > kRateWindow) times.pop_front();
    const bool over = times.size() >= kRateLimit;
    if (!over) times.push_back(now);
    state.most_requests = std::max(state.most_requests, times.size() + (over ? 1 : 0));
    if (!state.faults.Take(Fault::kRateLimit) && !over) return std::nullopt;
    http::Reply reply = Problem(429, "You've been rate limited for sending too many requests!");
    if (!state.faults.On(Fault::kNoRetryAfter)) {
      reply.response.headers.emplace_back("Retry-After", "1");
    }
    return reply;
  });
}

// Faults that change any answer, and the headers that every one has.
void Finish(const Site& site, http::Reply* reply) {
  http::Response& response = reply->response;
  const auto [html, unknown, old] = site.store.Read([](const State& state, WallTime) {
    return std::tuple(state.faults.On(Fault::kHtmlErrors), state.faults.On(Fault::kUnknownFields),
                      state.faults.On(Fault::kOldServer));
  });
  response.headers.emplace_back("X-Coder-Build-Version", old ? "v2.20.0" : "v2.34.1");
  if (reply->web_socket) return;
  if (html && response.status >= 400) {
    *reply = Page(response.status, "Bad gateway", "The proxy could not reach the server.");
  } else if (unknown) {
    Result<Json> body = ParseJson(response.body);
    if (!body.ok()) return;
    AddUnknownMembers(&*body);
    response.body = body->Dump() + "\n";
  }
}

}  // namespace

std::string Call::Query(std::string_view name) const {
  return http::FindQuery(target, name).value_or("");
}

Json Call::Body() const {
  Result<Json> body = ParseJson(request.body);
  return body.ok() && body->AsObject() != nullptr ? *body : Json(Json::Object{});
}

const std::string* TextOf(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  return member == nullptr ? nullptr : member->AsString();
}

const bool* BoolOf(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  return member == nullptr ? nullptr : member->AsBool();
}

Router::Router(Site site) : site_(site) {
  for (auto routes : {AccountRoutes(), FileRoutes(), TemplateRoutes(), VersionRoutes(),
                      WorkspaceRoutes(), BuildRoutes(), AgentRoutes(), StreamRoutes()}) {
    routes_.insert(routes_.end(), routes.begin(), routes.end());
  }
}

http::Reply Router::Handle(const http::Request& request) {
  RequestRecord record{
      .method = request.method, .target = request.target, .status = 0, .violations = {}};
  http::Reply reply = Dispatch(request, &record);
  record.status = reply.web_socket ? 101 : reply.response.status;
  site_.requests.Add(std::move(record));
  return reply;
}

http::Reply Router::Dispatch(const http::Request& request, RequestRecord* record) {
  const http::Target target = http::SplitTarget(request.target);
  record->violations = Violations(request, target);
  http::Reply reply;
  if (!record->violations.empty()) {
    reply = Problem(400, "The simulator refuses this request.", StrJoin(record->violations, ", "));
  } else if (target.path.starts_with("/@")) {
    const auto user = UserOf(site_, request);
    if (!user) return Page(404, "Application not found", "The application could not be found.");
    return ServeApp(site_, Call{request, target, {}, *user, ""});
  } else if (target.path.starts_with(kApi)) {
    reply = HandleApi(request, target);
  } else {
    reply = Page(404, "Not found", "This is a simulator without a dashboard.");
  }
  Finish(site_, &reply);
  return reply;
}

http::Reply Router::HandleApi(const http::Request& request, const http::Target& target) {
  const std::string_view path = std::string_view(target.path).substr(kApi.size());
  bool other_method = false;
  for (const Route& route : routes_) {
    auto arguments = Match(route.pattern, path);
    if (!arguments) continue;
    if (route.method != request.method) {
      other_method = true;
      continue;
    }
    Call call{request, target, std::move(*arguments), {}, ""};
    const bool for_admins = route.caller == Route::Caller::kTemplateAdmin;
    if (route.caller == Route::Caller::kUser || for_admins) {
      const auto user = UserOf(site_, request);
      if (!user) return Problem(401, "You are signed out or your session has expired.");
      call.user = *user;
      if (auto limited = LimitRate(site_, *user, target.path)) return *limited;
      if (for_admins && !user->template_admin) return Problem(403, "Forbidden.");
    } else if (route.caller == Route::Caller::kAgent && !FindAgentCaller(site_, request, &call)) {
      return Problem(401, "Agent token is invalid.");
    }
    const bool broken = site_.store.Update(
        [](State& state, WallTime) { return state.faults.Take(Fault::kServerError); });
    if (broken) return Problem(500, "An internal server error occurred.");
    const bool elsewhere =
        path.starts_with("/organizations/") && !site_.store.Read([&](const State& state, WallTime) {
          return state.IsOrganization(call.arguments[0]);
        });
    if (elsewhere) return Problem(404, "Resource not found or you do not have access to it");
    return route.handle(site_, call);
  }
  return other_method ? Empty(405) : Problem(404, "Route not found.");
}

}  // namespace ameide::simulator
