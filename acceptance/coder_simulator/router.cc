#include "acceptance/coder_simulator/router.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "acceptance/coder_simulator/objects.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr std::string_view kApi = "/api/v2";
constexpr char kTokenHeader[] = "Coder-Session-Token";
constexpr char kTokenQuery[] = "coder_session_token";
constexpr size_t kRateLimit = 512;       // facts 1: per user, path and minute
constexpr size_t kUploadRateLimit = 12;  // of /files
constexpr std::chrono::minutes kRateWindow{1};
constexpr size_t kMaxTerminalCommand = 60u << 10;  // facts 7.1: its length has 16 bits

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

// What some Coder servers let pass and others do not (facts 1 and 7.1).
std::vector<std::string> Violations(const http::Request& request, const http::Target& target) {
  std::vector<std::string> found;
  const auto header = [&](const char* name) {
    return http::FindHeader(request.headers, name).value_or("");
  };
  if (http::FindQuery(target, kTokenQuery)) found.emplace_back("token in the address");
  if (!header("Origin").empty()) found.emplace_back("Origin header");
  if (!header("Authorization").empty() || header("Cookie").find(kTokenQuery) != std::string::npos) {
    found.emplace_back("token in another header");
  }
  if (!header("X-Coder-Bypass-Ratelimit").empty()) found.emplace_back("rate limit bypass");
  if (!header("Sec-WebSocket-Extensions").empty()) found.emplace_back("WebSocket extensions");
  if (!target.path.ends_with("/pty")) return found;
  if (http::FindQuery(target, "backend_type") != "buffered") {
    found.emplace_back("terminal without backend_type=buffered");
  }
  if (http::FindQuery(target, "command").value_or("").size() > kMaxTerminalCommand) {
    found.emplace_back("terminal command too long");
  }
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
    const size_t limit = path == StrCat(kApi, "/files") ? kUploadRateLimit : kRateLimit;
    const bool over = times.size() >= limit;
    if (!over) times.push_back(now);
    state.most_requests = std::max(state.most_requests, times.size() + (over ? 1 : 0));
    if (!state.faults.Take(Fault::kRateLimit) && !over) return std::nullopt;
    http::Reply reply = Problem(429, "You've been rate limited for sending too many requests!");
    if (!state.faults.On(Fault::kNoRetryAfter)) {
      using std::chrono::seconds;
      const seconds wait = over ? ceil<seconds>(times.front() + kRateWindow - now) : seconds(1);
      reply.response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
      reply.response.headers.emplace_back("X-RateLimit-Limit", std::to_string(limit));
      reply.response.headers.emplace_back("X-RateLimit-Remaining", "0");
    }
    return reply;
  });
}

// Of an organization that is not there, or a workspace that this caller may not see or change.
bool IsHidden(const Site& site, const Route& route, const Call& call) {
  return site.store.Read([&](const State& state, WallTime) {
    const std::string_view pattern = route.pattern;
    if (pattern.starts_with("/organizations/")) return !state.IsOrganization(call.arguments[0]);
    const Workspace* of = nullptr;
    if (pattern.starts_with("/workspaces/{}")) of = state.FindWorkspace(call.arguments[0]);
    if (pattern.starts_with("/workspacebuilds/")) state.FindBuild(call.arguments[0], &of);
    if (pattern.starts_with("/workspaceagents/{}")) state.FindAgent(call.arguments[0], &of);
    return of != nullptr && !of->IsFor(call.user, route.method != "GET");
  });
}

// Faults that change any answer, and the headers that every one has.
void Finish(const Site& site, http::Reply* reply) {
  http::Response& response = reply->response;
  const auto [html, unknown, version] = site.store.Read([&](const State& state, WallTime) {
    return std::tuple(response.status >= 400 && state.faults.On(Fault::kHtmlErrors),
                      state.faults.On(Fault::kUnknownFields), VersionOf(state));
  });
  response.headers.emplace_back("X-Coder-Build-Version", version);
  if (reply->web_socket) return;
  if (html) {
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

std::optional<int64_t> Call::Number(std::string_view name) const {
  const std::string text = Query(name);
  int64_t number = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = text.empty() || (bad == std::errc() && end == text.data() + text.size());
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

Json Call::Body() const {
  return request.body.empty() ? Json(Json::Object{}) : ParseJson(request.body).value();
}

const User* NamedUser(const State& state, const Call& call, const std::string& name) {
  return state.FindUser(name == "me" ? call.user.name : name);
}

http::Reply BadNumber() { return Problem(400, "Query parameters have invalid values."); }

http::Reply AnswerPage(const Call& call, const Json::Array& all) {
  const auto limit = call.Number("limit"), offset = call.Number("offset");
  // A client that relied on them would get another list from Coder.
  const bool more = !call.Query("after_id").empty() || !call.Query("since").empty();
  if (!limit || !offset || more) return BadNumber();
  Json::Array page;
  for (size_t i = static_cast<size_t>(*offset); i < all.size(); ++i) {
    if (*limit == 0 || page.size() < static_cast<size_t>(*limit)) page.push_back(all[i]);
  }
  return Answer(200, std::move(page));
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
    return Serve(route, Call{request, target, std::move(*arguments), {}, ""});
  }
  return other_method ? Empty(405) : Problem(404, "Route not found.");
}

http::Reply Router::Serve(const Route& route, Call call) {
  const bool for_admins = route.caller == Route::Caller::kTemplateAdmin;
  if (route.caller == Route::Caller::kUser || for_admins) {
    const auto user = UserOf(site_, call.request);
    if (!user) return Problem(401, "You are signed out or your session has expired.");
    call.user = *user;
    if (auto limited = LimitRate(site_, *user, call.target.path)) return *limited;
    if (for_admins && !user->template_admin) return Problem(403, "Forbidden.");
  } else if (route.caller == Route::Caller::kAgent &&
             !FindAgentCaller(site_, call.request, &call)) {
    return Problem(401, "Agent token is invalid.");
  }
  const bool broken = site_.store.Update(
      [](State& state, WallTime) { return state.faults.Take(Fault::kServerError); });
  if (broken) return Problem(500, "An internal server error occurred.");
  if (IsHidden(site_, route, call)) return NotFound();
  if (!route.raw_body && !call.request.body.empty()) {
    const Result<Json> body = ParseJson(call.request.body);
    if (!body.ok() || body->AsObject() == nullptr) {
      return Problem(400, "Request body must be valid JSON.",
                     body.ok() ? "not an object" : body.error().cause);
    }
  }
  return route.handle(site_, call);
}

}  // namespace ameide::simulator
