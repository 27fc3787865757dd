// Agents, as users see them and as the workspace itself talks to the server (facts 4.1, 4.3 and 8).
#include <algorithm>

#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/transitions.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr size_t kMaxStatusMessage = 160;

http::Reply Get(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime now) {
    const Workspace* workspace = nullptr;
    const Agent* agent = state.FindAgent(call.arguments[0], &workspace);
    return agent == nullptr ? NotFound() : Answer(200, AgentJson(state, *agent, now));
  });
}

http::Reply UploadLogs(Site& site, const Call& call) {
  const Json body = call.Body();
  const Json* logs = body.Find("logs");
  if (logs == nullptr || logs->AsArray() == nullptr || logs->AsArray()->empty()) {
    return Problem(400, "No logs provided.");
  }
  static const std::vector<std::string_view> kLevels = {"trace", "debug", "info", "warn", "error"};
  return site.store.Update([&](State& state, WallTime now) {
    const Workspace* workspace = nullptr;
    for (const Json& log : *logs->AsArray()) {
      const std::string* level = TextOf(log, "level");
      const std::string* output = TextOf(log, "output");
      if (output == nullptr || level == nullptr ||
          std::find(kLevels.begin(), kLevels.end(), *level) == kLevels.end()) {
        return Problem(400, "Invalid log.");
      }
      AppendAgentLog(&state, call.agent_id, *level, *output, now);
    }
    const Agent* agent = state.FindAgent(call.agent_id, &workspace);
    if (agent->logs_overflowed) return Problem(413, "Logs limit exceeded.");
    return Answer(200, Json());
  });
}

http::Reply ReportStatus(Site& site, const Call& call) {
  const Json body = call.Body();
  const std::string* slug = TextOf(body, "app_slug");
  const std::string* word = TextOf(body, "state");
  const std::string* message = TextOf(body, "message");
  const std::string* uri = TextOf(body, "uri");
  static const std::vector<std::string_view> kStates = {"working", "idle", "complete", "failure"};
  if (word == nullptr || std::find(kStates.begin(), kStates.end(), *word) == kStates.end()) {
    return Problem(400, "Invalid state.");
  }
  if (message != nullptr && message->size() > kMaxStatusMessage) {
    return Problem(400, "Message is too long.", "", {{"message", "at most 160 bytes"}});
  }
  return site.store.Update([&](State& state, WallTime now) {
    const Workspace* found = nullptr;
    Agent* agent = State::Mutable(state.FindAgent(call.agent_id, &found));
    Workspace* workspace = State::Mutable(found);
    for (App& app : agent->apps) {
      if (slug == nullptr || app.model.slug != *slug) continue;
      app.statuses.push_back({.id = state.NewId(),
                              .state = *word,
                              .message = message == nullptr ? "" : *message,
                              .uri = uri == nullptr ? "" : *uri,
                              .created_at = now});
      // Working is activity: it moves the deadline (facts 3.4).
      Build& build = workspace->Latest();
      const Template* item = state.FindTemplate(workspace->template_id);
      const WallTime bumped = now + std::chrono::milliseconds(item->activity_bump_ms);
      if (*word == "working" && build.deadline && *build.deadline < bumped) build.deadline = bumped;
      workspace->last_used_at = now;
      return Answer(200, Json());
    }
    return Problem(400, "Failed to get workspace app by slug.");
  });
}

}  // namespace

std::vector<Route> AgentRoutes() {
  using enum Route::Caller;
  return {{"PATCH", "/workspaceagents/me/logs", UploadLogs, kAgent},
          {"PATCH", "/workspaceagents/me/app-status", ReportStatus, kAgent},
          {"GET", "/workspaceagents/{}", Get}};
}

}  // namespace ameide::simulator
