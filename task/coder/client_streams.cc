// The calls of CoderClient that are about bytes as they come: logs, watching, apps, the terminal.
#include <algorithm>

#include "base/digest.h"
#include "task/coder/client_call.h"

namespace ameide::coder {
namespace {

constexpr Millis kQuiet{60'000};  // between two looks at a silent stream
constexpr int kMaxReconnects = 5;
constexpr int kMaxRedirects = 3;
constexpr char kTerminalSize[] = "&width=1000&height=200";  // wide: fewer lines get wrapped

std::string LogPath(LogKind kind, const std::string& id) {
  switch (kind) {
    case LogKind::kTemplateVersion:
      return ApiPath("templateversions", id, "logs");
    case LogKind::kBuild:
      return ApiPath("workspacebuilds", id, "logs");
    case LogKind::kAgent:
      break;
  }
  return ApiPath("workspaceagents", id, "logs");
}

std::string AppPath(const AppAddress& app, std::string_view path) {
  std::string target =
      StrCat("/@", http::EncodeComponent(app.owner), "/", http::EncodeComponent(app.workspace), ".",
             http::EncodeComponent(app.agent), "/apps/", http::EncodeComponent(app.slug));
  for (const std::string_view step : StrSplit(path, '/')) {
    StrAppend(&target, "/", http::EncodeComponent(step));
  }
  return target;
}

// The lines of one message: builds send one object, agents an array.
std::vector<LogLine> LinesOf(std::string_view message) {
  const Result<Json> json = ParseJson(message);
  if (!json.ok()) return {};
  if (json->AsArray() != nullptr) return *ListFrom(*json, LogLineFrom);
  if (Result<LogLine> line = LogLineFrom(*json); line.ok()) return {*std::move(line)};
  return {};
}

// A version 4 UUID: the server re-attaches a terminal by it.
std::string RandomUuid() {
  std::string id = RandomHex(16);
  id[12] = '4';
  id[16] = 'a';
  for (const size_t at : {20, 16, 12, 8}) id.insert(at, 1, '-');
  return id;
}

class WatchOverWebSocket final : public WorkspaceWatch {
 public:
  explicit WatchOverWebSocket(std::unique_ptr<http::WebSocket> socket)
      : socket_(std::move(socket)) {}

  Result<std::optional<Workspace>> Next(std::stop_token stop, Millis wait) override {
    Result<std::optional<std::string>> message = socket_->Read(std::move(stop), wait);
    if (!message.ok()) {
      if (message.error().kind == ErrorKind::kTimeout) return std::optional<Workspace>();
      return message.error();
    }
    if (!*message) return Error{ErrorKind::kUnavailable, "watch", "workspace", "it ended", ""};
    AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(**message));
    return WatchEventFrom(json);
  }

 private:
  std::unique_ptr<http::WebSocket> socket_;
};

}  // namespace

Result<std::unique_ptr<http::WebSocket>> CoderClient::Open(std::stop_token stop,
                                                           std::string operation,
                                                           const std::string& path) {
  AMEIDE_RETURN_IF_ERROR(Pause(stop, operation, budget_.Take(path.substr(0, path.find('?')))));
  auto socket = http_->OpenWebSocket(path, {stop, std::nullopt, std::nullopt});
  if (!socket.ok()) return Cleaned(socket.error(), operation, "");
  return socket;
}

Result<std::vector<LogLine>> CoderClient::Logs(std::stop_token stop, LogKind kind,
                                               const std::string& id, int64_t after) {
  AMEIDE_ASSIGN_OR_RETURN(
      std::vector<LogLine> lines,
      AskForList(stop, Get("read log of", id, StrCat(LogPath(kind, id), "?after=", after)),
                 LogLineFrom));
  std::erase_if(lines, [&](const LogLine& line) { return line.id <= after; });
  std::sort(lines.begin(), lines.end(),
            [](const LogLine& a, const LogLine& b) { return a.id < b.id; });
  return lines;
}

// Until the server ends the stream in good order; `*after` goes with every line.
Status CoderClient::FollowOnce(std::stop_token stop, const std::string& path, LogKind kind,
                               int64_t* after, const std::function<void(const LogLine&)>& each) {
  const char* compression = kind == LogKind::kAgent ? "&no_compression" : "";
  AMEIDE_ASSIGN_OR_RETURN(
      const auto socket,
      Open(stop, "follow log", StrCat(path, "?follow&after=", *after, compression)));
  while (true) {
    const auto message = socket->Read(stop, kQuiet);
    if (!message.ok()) {
      if (message.error().kind == ErrorKind::kTimeout) continue;
      return message.error();
    }
    if (!*message) return Ok{};
    for (const LogLine& line : LinesOf(**message)) {
      if (line.id <= *after) continue;
      *after = line.id;
      each(line);
    }
  }
}

Status CoderClient::FollowLogs(std::stop_token stop, LogKind kind, const std::string& id,
                               int64_t after, const std::function<void(const LogLine&)>& each) {
  const std::string path = LogPath(kind, id);
  for (Attempt attempt;; ++attempt.number) {
    const int64_t before = after;
    const Status followed = FollowOnce(stop, path, kind, &after, each);
    if (followed.ok()) return Ok{};
    if (after > before) attempt.number = 1;
    attempt.failure = followed.error().kind;
    const auto pause = PauseBeforeNext(attempt, Repeat::kSafely, NextJitter());
    if (!pause || attempt.number > kMaxReconnects) {
      return Cleaned(followed.error(), "follow log of", id);
    }
    AMEIDE_RETURN_IF_ERROR(Pause(stop, "follow log", *pause));
  }
}

Result<std::unique_ptr<WorkspaceWatch>> CoderClient::Watch(std::stop_token stop,
                                                           const std::string& id) {
  AMEIDE_ASSIGN_OR_RETURN(auto socket,
                          Open(stop, "watch workspace", ApiPath("workspaces", id, "watch-ws")));
  return std::unique_ptr<WorkspaceWatch>(new WatchOverWebSocket(std::move(socket)));
}

// A path app's redirects are Coder's own (a slash that lacks) or the app's. Only those that stay on
// this server are followed: any other would carry the token to a stranger.
Result<http::Response> CoderClient::SendToApp(std::stop_token stop, Call call) {
  for (int redirects = 0;; ++redirects) {
    AMEIDE_ASSIGN_OR_RETURN(http::Response answer, Send(stop, call));
    if (answer.status != 307 && answer.status != 308) return answer;
    std::string to = http::FindHeader(answer.headers, "Location").value_or("");
    if (to.starts_with(url_ + "/")) to = to.substr(url_.size());
    const bool here = to.starts_with("/") && !to.starts_with("//") && !to.starts_with("/\\");
    const bool clean =
        std::all_of(to.begin(), to.end(), [](unsigned char c) { return c > 32 && c < 127; });
    if (!here || !clean || redirects == kMaxRedirects) {
      return Error{ErrorKind::kDenied, call.operation, Harmless(call.target, secrets_),
                   StrCat("the server redirects to ", Harmless(to, secrets_, 200)),
                   "redirects to other servers are not followed; check the URL"};
    }
    call.request.target = to;
  }
}

Result<http::Response> CoderClient::AppGet(std::stop_token stop, const AppAddress& app,
                                           std::string_view path, std::optional<ByteRange> range) {
  Call call = Get("read from workspace", StrCat(app.workspace, "/", path), AppPath(app, path));
  call.request.headers.clear();
  if (range) {
    call.request.headers.emplace_back(
        "Range", StrCat("bytes=", range->first, "-", range->first + range->length - 1));
  }
  return SendToApp(stop, std::move(call));
}

Result<http::Response> CoderClient::AppPut(std::stop_token stop, const AppAddress& app,
                                           std::string_view path, std::string body) {
  Call call =
      Put("write to workspace", StrCat(app.workspace, "/", path), AppPath(app, path), Json());
  call.request.body = std::move(body);
  return SendToApp(stop, std::move(call));
}

Result<std::string> CoderClient::RunInTerminal(std::stop_token stop, const std::string& agent_id,
                                               std::string_view command, Millis bound,
                                               size_t max_bytes) {
  // "buffered": otherwise a workspace with screen(1) would run it in that.
  const std::string path =
      StrCat(ApiPath("workspaceagents", agent_id, "pty"), "?reconnect=", RandomUuid(),
             kTerminalSize, "&backend_type=buffered&command=", http::EncodeComponent(command));
  AMEIDE_ASSIGN_OR_RETURN(const auto socket, Open(stop, "open terminal of workspace", path));
  const MonoTime end = clock_.Monotonic() + bound;
  std::string shown;
  while (true) {
    const Millis left = std::chrono::duration_cast<Millis>(end - clock_.Monotonic());
    if (left <= Millis(0)) {
      return Error{ErrorKind::kTimeout, "run in terminal of workspace", agent_id,
                   StrCat("no end after ", FormatDuration(bound)), ""};
    }
    const auto message = socket->Read(stop, left);
    if (!message.ok()) {
      if (message.error().kind == ErrorKind::kTimeout) continue;
      return Cleaned(message.error(), "run in terminal of workspace", agent_id);
    }
    if (!*message) return shown;
    shown += **message;
    if (shown.size() > max_bytes) {
      return Error{ErrorKind::kDenied, "run in terminal of workspace", agent_id,
                   StrCat("it shows more than ", max_bytes, " bytes"), ""};
    }
  }
}

}  // namespace ameide::coder
