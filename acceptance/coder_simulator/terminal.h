// Reconnecting terminals of a workspace (facts 7.1, backend "buffered").
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/http/client.h"
#include "base/result.h"
#include "base/subprocess.h"
#include "base/unique_fd.h"

namespace ameide::simulator {

class Pod;
struct Site;

struct TerminalRequest {
  std::string workspace_id;
  std::string session;  // a UUID of the client's; the same one attaches again
  std::string command;  // empty: a shell
  int width = 0, height = 0;
};

// A command on a terminal of its own. Attached to by one client at a time; its output waits while
// none is. Once it has ended, its session's name means a new one.
class TerminalSession {
 public:
  static Result<std::shared_ptr<TerminalSession>> Start(const Pod& pod,
                                                        const TerminalRequest& request);
  ~TerminalSession();  // ends the command

  bool ended() const { return ended_; }
  void End() { ended_ = true; }
  // What the last 64 KiB of output were.
  std::string Replay() const;
  // Output that is there within `wait`; nothing once the command has ended and all was read.
  std::optional<std::string> Read(Millis wait);
  void Write(std::string_view input);
  void Resize(int width, int height);

 private:
  TerminalSession(UniqueFd master, Subprocess child)
      : master_(std::move(master)), child_(std::move(child)) {}

  UniqueFd master_;
  Subprocess child_;
  std::atomic<bool> ended_ = false;  // and all its output was read
  mutable std::mutex mutex_;
  std::string replay_;
};

// Serves one client until it leaves or the command ends.
void RunTerminal(Site& site, const TerminalRequest& request, http::WebSocket& socket);

}  // namespace ameide::simulator
