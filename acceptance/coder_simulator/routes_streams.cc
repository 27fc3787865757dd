// Logs and changes, as arrays and as streams (facts 2.3, 4.3 and 6), and terminals (7.1).
#include <cstdlib>
#include <optional>

#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/terminal.h"
#include "acceptance/coder_simulator/transitions.h"
#include "acceptance/coder_simulator/workshop.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr Millis kLook{20};

// True while the client is there and silent, after the wait.
bool StillThere(http::WebSocket& socket, Millis wait) {
  const auto message = socket.Read({}, wait);
  return !message.ok() && message.error().kind == ErrorKind::kTimeout;
}

// For streams that take messages from the client without meaning: only its leaving counts.
bool StillConnected(http::WebSocket& socket) {
  const auto message = socket.Read({}, kLook);
  return message.ok() ? message->has_value() : message.error().kind == ErrorKind::kTimeout;
}

bool Dropped(Site& site, Fault fault) {
  return site.store.Update([&](State& state, WallTime) { return state.faults.Take(fault); });
}

Json Dressed(Site& site, Json value) {
  const bool future = site.store.Read(
      [](const State& state, WallTime) { return state.faults.On(Fault::kUnknownFields); });
  if (future) AddUnknownMembers(&value);
  return value;
}

bool Follows(const Call& call) { return http::FindQuery(call.target, "follow").has_value(); }

const Job* FindJob(const State& state, const std::string& id) {
  const TemplateVersion* version = state.FindVersion(id);
  if (version != nullptr) return &version->job;
  const Workspace* workspace = nullptr;
  const Build* build = state.FindBuild(id, &workspace);
  return build == nullptr ? nullptr : &build->job;
}

struct News {
  Json::Array items;
  int64_t last = 0;
  bool ended = false;
};

News JobNews(const State& state, const std::string& id, int64_t after) {
  News news{.items = {}, .last = after, .ended = true};
  const Job* job = FindJob(state, id);
  if (job == nullptr) return news;
  for (const JobLog& log : job->logs) {
    if (log.id <= after) continue;
    news.items.push_back(JobLogJson(state, log));
    news.last = log.id;
  }
  news.ended = !job->Active();
  return news;
}

http::Reply JobLogs(Site& site, const Call& call) {
  const std::string id = call.arguments[0];
  if (site.store.Read([&](const State& s, WallTime) { return FindJob(s, id) == nullptr; })) {
    return NotFound();
  }
  if (!call.Number("after")) return BadNumber();
  const int64_t after = *call.Number("after");
  if (!Follows(call)) {
    return site.store.Read(
        [&](const State& state, WallTime) { return Answer(200, JobNews(state, id, after).items); });
  }
  return {.response = {}, .web_socket = [&site, id, after](http::WebSocket& socket) {
            int64_t last = after;
            do {
              const News news = site.store.Read(
                  [&](const State& state, WallTime) { return JobNews(state, id, last); });
              for (const Json& item : news.items) {
                if (!socket.WriteText(Dressed(site, item).Dump()).ok()) return;
                if (Dropped(site, Fault::kWebSocketDrop)) return;
              }
              last = news.last;
              if (news.ended) return;
            } while (StillConnected(socket));
          }};
}

News AgentNews(const State& state, const std::string& id, int64_t after) {
  News news{.items = {}, .last = after, .ended = true};
  const Workspace* workspace = nullptr;
  const Agent* agent = state.FindAgent(id, &workspace);
  if (agent == nullptr) return news;
  for (const AgentLog& log : agent->logs) {
    if (log.id <= after) continue;
    news.items.push_back(AgentLogJson(log));
    news.last = log.id;
  }
  const auto& current = workspace->Latest().agent;
  news.ended = !current || current->id != id;
  return news;
}

http::Reply AgentLogs(Site& site, const Call& call) {
  const std::string id = call.arguments[0];
  const Workspace* workspace = nullptr;
  if (site.store.Read(
          [&](const State& s, WallTime) { return s.FindAgent(id, &workspace) == nullptr; })) {
    return NotFound();
  }
  if (!call.Number("after")) return BadNumber();
  const int64_t after = *call.Number("after");
  if (!Follows(call)) {
    return site.store.Read([&](const State& state, WallTime) {
      return Answer(200, AgentNews(state, id, after).items);
    });
  }
  return {.response = {}, .web_socket = [&site, id, after](http::WebSocket& socket) {
            int64_t last = after;
            bool first = true;
            do {
              News news = site.store.Read(
                  [&](const State& state, WallTime) { return AgentNews(state, id, last); });
              const bool send = first || !news.items.empty();  // the first may be []
              first = false;
              if (send && !socket.WriteText(Dressed(site, Json(std::move(news.items))).Dump()).ok())
                return;
              if (send && Dropped(site, Fault::kWebSocketDrop)) return;
              last = news.last;
              if (news.ended) return;
            } while (StillConnected(socket));
          }};
}

// Changes exactly when Coder would tell watchers: not for a script's report (facts 6).
std::string WatchKey(const State& state, const Workspace& workspace, WallTime now) {
  const Build& build = workspace.Latest();
  std::string key = StrCat(build.id, " ", build.Status(), " ", workspace.ttl_ms, " ",
                           workspace.dormant_at ? "dormant" : "",
                           state.FindTemplate(workspace.template_id)->active_version_id);
  if (build.deadline) StrAppend(&key, FormatTime(*build.deadline));
  if (!build.agent) return key;
  const Agent& agent = *build.agent;
  StrAppend(&key, " ", AgentStatus(agent, now), " ", agent.lifecycle, " ",
            agent.logs.empty() ? 0 : 1, agent.logs_overflowed ? 1 : 0);
  for (const App& app : agent.apps) StrAppend(&key, " ", app.health, " ", app.statuses.size());
  return key;
}

struct Seen {
  std::string key;
  Json workspace;  // null when the key is `told`
};

std::optional<Seen> Look(Site& site, const std::string& id, const std::string& told) {
  return site.store.Read([&](const State& state, WallTime now) -> std::optional<Seen> {
    const Workspace* workspace = state.FindWorkspace(id);
    if (workspace == nullptr) return std::nullopt;
    Seen seen{WatchKey(state, *workspace, now), Json()};
    if (seen.key != told) seen.workspace = WorkspaceJson(state, *workspace, now);
    return seen;
  });
}

Millis BetweenLooks(const Site& site) {
  return site.store.Read([](const State& state, WallTime) { return state.pace.look; });
}

// Tells what a watcher hears, the same on both kinds of stream: a ping, the workspace, and the
// workspace again after each change, until `tell` or `wait` says that nobody listens.
template <class Tell, class Wait>
void TellChanges(Site& site, const std::string& id, Tell tell, Wait wait) {
  if (!tell("ping", Json())) return;
  std::string told;
  do {
    auto seen = Look(site, id, told);
    if (!seen) return;
    if (seen->key == told) continue;
    const bool silent = !told.empty() && site.store.Read([](const State& state, WallTime) {
      return state.faults.On(Fault::kWatchSilent);
    });
    if (silent) continue;
    told = seen->key;
    if (!tell("data", std::move(seen->workspace)) || Dropped(site, Fault::kWatchDrop)) return;
  } while (wait());
}

http::Reply Watch(Site& site, const Call& call) {
  const std::string id = call.arguments[0];
  if (!Look(site, id, "")) return NotFound();
  http::Reply reply;
  reply.response = {
      200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-cache"}}, ""};
  reply.body = [&site, id](http::BodyWriter& body) {
    const Millis heartbeat =
        site.store.Read([](const State& state, WallTime) { return state.pace.heartbeat; });
    const Millis wait = BetweenLooks(site);
    Millis quiet{0};
    const auto tell = [&](std::string_view type, const Json& data) {
      quiet = Millis(0);
      std::string event = StrCat("event: ", type, "\n");
      if (!data.is_null()) StrAppend(&event, "data: ", Dressed(site, data).Dump(), "\n");
      return body.Write(event + "\n").ok();
    };
    TellChanges(site, id, tell, [&] {
      if (!body.WaitWhileWanted(wait)) return false;
      quiet += wait;
      return quiet < heartbeat || tell("ping", Json());
    });
  };
  return reply;
}

http::Reply WatchSocket(Site& site, const Call& call) {
  const std::string id = call.arguments[0];
  const bool old = site.store.Read(
      [](const State& state, WallTime) { return state.faults.On(Fault::kOldServer); });
  if (old) return Problem(404, "Route not found.");
  if (!Look(site, id, "")) return NotFound();
  return {.response = {}, .web_socket = [&site, id](http::WebSocket& socket) {
            const auto tell = [&](const char* type, Json data) {
              const Json event = Json::Object{{"type", type}, {"data", std::move(data)}};
              return socket.WriteText(Dressed(site, event).Dump()).ok();
            };
            // Any message from the client ends it.
            const Millis wait = BetweenLooks(site);
            TellChanges(site, id, tell, [&] { return StillThere(socket, wait); });
          }};
}

http::Reply Terminal(Site& site, const Call& call) {
  const auto [workspace_id, connected] =
      site.store.Read([&](const State& state, WallTime now) -> std::pair<std::string, bool> {
        const Workspace* workspace = nullptr;
        const Agent* agent = state.FindAgent(call.arguments[0], &workspace);
        if (agent == nullptr || workspace->owner_id != call.user.id) return {"", false};
        return {workspace->id, AgentStatus(*agent, now) == "connected"};
      });
  if (workspace_id.empty()) return NotFound();
  if (call.Query("reconnect").size() != 36) {
    return Problem(400, "Query parameter 'reconnect' must be a UUID.");
  }
  if (!connected) return Page(502, "Agent not connected", "The agent is not connected.");
  TerminalRequest request{.workspace_id = workspace_id,
                          .session = call.Query("reconnect"),
                          .command = call.Query("command"),
                          .width = std::atoi(call.Query("width").c_str()),
                          .height = std::atoi(call.Query("height").c_str())};
  return {.response = {}, .web_socket = [&site, request](http::WebSocket& socket) {
            RunTerminal(site, request, socket);
          }};
}

}  // namespace

std::vector<Route> StreamRoutes() {
  return {{"GET", "/templateversions/{}/logs", JobLogs},
          {"GET", "/workspacebuilds/{}/logs", JobLogs},
          {"GET", "/workspaceagents/{}/logs", AgentLogs},
          {"GET", "/workspaces/{}/watch", Watch},
          {"GET", "/workspaces/{}/watch-ws", WatchSocket},
          {"GET", "/workspaceagents/{}/pty", Terminal}};
}

}  // namespace ameide::simulator
