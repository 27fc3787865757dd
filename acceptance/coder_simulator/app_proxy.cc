// Path apps: /@owner/workspace.agent/apps/slug/path, relayed to the workspace's own port (facts
// 7.2). Every error is an HTML page.
#include <algorithm>
#include <optional>

#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/workshop.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

struct AppAddress {
  std::string owner, workspace, agent, slug;
  std::string rest;  // path and query, as they came; empty without the slash after the slug
};

http::Reply Missing() {
  return Page(404, "Application not found",
              "The application or workspace you are trying to access does not exist or you do not "
              "have permission to access it.");
}

std::optional<AppAddress> ParseAddress(const http::Request& request, const http::Target& target) {
  // "", "@owner", "workspace.agent", "apps", "slug", …
  const auto steps = StrSplit(target.path, '/');
  if (steps.size() < 5 || steps[3] != "apps" || steps[1].size() < 2) return std::nullopt;
  AppAddress address;
  address.owner = http::DecodeComponent(steps[1].substr(1));
  const std::string name = http::DecodeComponent(steps[2]);
  const size_t dot = name.find('.');
  address.workspace = name.substr(0, dot);
  address.agent = dot == std::string::npos ? "" : name.substr(dot + 1);
  address.slug = http::DecodeComponent(steps[4]);
  size_t start = 0;
  for (int i = 1; i <= 4; ++i) start += steps[static_cast<size_t>(i)].size() + 1;
  if (steps.size() > 5) address.rest = request.target.substr(start);
  return address;
}

struct Destination {
  std::string workspace_id;
  std::string url;
  bool connected = false;
};

std::optional<Destination> FindApp(const State& state, const User& caller,
                                   const AppAddress& address, WallTime now) {
  const User* owner = state.FindUser(address.owner);
  // Only the owner, not even the site's owners.
  if (owner == nullptr || owner->id != caller.id) return std::nullopt;
  for (const Workspace& workspace : state.workspaces) {
    const auto& agent = workspace.Latest().agent;
    if (workspace.deleted || workspace.owner_id != owner->id || !agent ||
        AsciiLower(workspace.name) != AsciiLower(address.workspace) ||
        (!address.agent.empty() && agent->name != address.agent)) {
      continue;
    }
    for (const App& app : agent->apps) {
      if (app.model.slug != address.slug) continue;
      return Destination{workspace.id, app.model.url, AgentStatus(*agent, now) == "connected"};
    }
  }
  return std::nullopt;
}

bool IsOurs(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "coder-session-token", "cookie",     "host",      "connection", "content-length",
      "transfer-encoding",   "keep-alive", "set-cookie"};
  const std::string lower = AsciiLower(name);
  return std::find(std::begin(kNames), std::end(kNames), lower) != std::end(kNames);
}

http::Headers Passing(const http::Headers& headers) {
  http::Headers passing;
  for (const auto& header : headers) {
    if (!IsOurs(header.first)) passing.push_back(header);
  }
  return passing;
}

// What the knobs make of it, before anything else.
std::optional<http::Reply> Fail(Site& site) {
  return site.store.Update([](State& state, WallTime) -> std::optional<http::Reply> {
    if (state.faults.On(Fault::kAppForbidden)) {
      return Page(403, "Forbidden", "Path-based applications are disabled.");
    }
    if (state.faults.Take(Fault::kAppNotFound)) return Missing();
    if (state.faults.Take(Fault::kAppBadGateway)) {
      return Page(502, "Bad Gateway", "Failed to proxy request to application.");
    }
    return std::nullopt;
  });
}

}  // namespace

http::Reply ServeApp(Site& site, const Call& call) {
  const auto address = ParseAddress(call.request, call.target);
  if (!address || address->owner == "me") return Missing();
  const auto destination = site.store.Read(
      [&](const State& state, WallTime now) { return FindApp(state, call.user, *address, now); });
  if (!destination) return Missing();
  if (auto failed = Fail(site)) return *failed;
  if (address->rest.empty()) {
    http::Reply reply = Empty(307);
    reply.response.headers.emplace_back("Location", call.target.path + "/");
    return reply;
  }
  if (const auto files = site.workshop.EvidenceOf(destination->workspace_id)) {
    const std::string path = address->rest.substr(0, address->rest.find('?'));
    return {.response = ServeEvidence(*files, path, call.request.headers), .web_socket = {}};
  }
  const auto pod = site.workshop.Find(destination->workspace_id);
  const auto base = pod == nullptr ? std::nullopt : PathOfAppUrl(pod->plan(), destination->url);
  if (!base || !destination->connected) {
    return Page(502, "Bad Gateway", "The workspace's agent is not connected.");
  }
  http::Request request = call.request;
  request.target =
      StrCat(base->ends_with('/') ? base->substr(0, base->size() - 1) : *base, address->rest);
  request.headers = Passing(call.request.headers);
  Result<http::Response> answer = pod->client().Send(request);
  if (!answer.ok()) return Page(502, "Bad Gateway", answer.error().cause);
  answer->headers = Passing(answer->headers);
  answer->headers.emplace_back("Set-Cookie", "coder_signed_app_token=fake; Path=/; HttpOnly");
  const bool cut = site.store.Update(
      [](State& state, WallTime) { return state.faults.Take(Fault::kAppCutsBody); });
  if (cut) answer->body.resize(answer->body.size() / 2);
  return {.response = std::move(*answer), .web_socket = {}};
}

}  // namespace ameide::simulator
