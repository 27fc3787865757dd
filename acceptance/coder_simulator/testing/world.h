// A simulator with one workspace of the fixture, and the ways into it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/testing/simulated.h"
#include "base/http/client.h"
#include "base/http/server.h"

namespace ameide::simulator::testing {

// What makes the fixture's task tell its port and go on.
inline constexpr char kTellPort[] = "echo $AMEIDE_EVIDENCE_PORT; sleep 600";

class World : public Simulated {
 public:
  using Simulated::Simulated;

  // The workspace "t-1", whose task is this shell script; waits until its agent is connected.
  void Start(const std::string& script);
  const std::string& id() const { return id_; }
  const std::string& agent() const { return agent_; }
  const std::string& build() const { return build_; }  // the first one's id
  std::string path() const { return "/workspaces/" + id_; }
  Reply Build(const std::string& transition);

  // Null, and a failure, when it is refused.
  std::unique_ptr<http::WebSocket> Open(const std::string& path);
  std::string Pty(const std::string& command) const;  // of one session
  std::string App(const std::string& rest) const;
  // Answers on the workspace's port, as a program in it would. For kTellPort.
  std::unique_ptr<http::Server> ServeInside(http::Handler handler);

 private:
  std::string id_, agent_, build_;
};

// Messages until the stream ends, or until one contains `last`.
std::vector<std::string> ReadAll(http::WebSocket& socket, const std::string& last = "\x01");

}  // namespace ameide::simulator::testing
