#include "acceptance/coder_simulator/testing/world.h"

#include <cstdlib>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {
namespace {

constexpr Millis kGenerous{60'000};
constexpr char kSession[] = "00000000-0000-4000-8000-00000000000a";

}  // namespace

void World::Start(const std::string& script) {
  id_ = Create("t-1", script);
  const Reply running = Until(path(), StrCat(kAgent, ".status"), {"connected"});
  agent_ = running.Text(StrCat(kAgent, ".id"));
  build_ = running.Text("latest_build.id");
}

Reply World::Build(const std::string& transition) {
  return Call("POST", path() + "/builds", Json::Object{{"transition", transition}});
}

std::unique_ptr<http::WebSocket> World::Open(const std::string& path) {
  auto socket = client().OpenWebSocket(kApi + path);
  EXPECT_TRUE(socket.ok()) << socket.error().ToString();
  return socket.ok() ? std::move(*socket) : nullptr;
}

std::string World::Pty(const std::string& command) const {
  return StrCat(
      "/workspaceagents/", agent_, "/pty?reconnect=", kSession,
      "&backend_type=buffered&width=200&height=50&command=", http::EncodeComponent(command));
}

std::string World::App(const std::string& rest) const {
  return StrCat("/@task-runner/t-1.main/apps/ameide-evidence", rest);
}

std::unique_ptr<http::Server> World::ServeInside(http::Handler handler) {
  const Reply logs = Until(StrCat("/workspaceagents/", agent_, "/logs"), "0.level", {"info"});
  const auto port = std::strtoul(logs.Text("0.output").c_str(), nullptr, 10);
  return http::StartServer({.port = static_cast<uint16_t>(port)}, std::move(handler)).value();
}

std::vector<std::string> ReadAll(http::WebSocket& socket, const std::string& last) {
  std::vector<std::string> messages;
  while (true) {
    const auto message = socket.Read({}, kGenerous);
    if (!message.ok() || !message->has_value()) return messages;
    messages.push_back(**message);
    if (messages.back().find(last) != std::string::npos) return messages;
  }
}

}  // namespace ameide::simulator::testing
