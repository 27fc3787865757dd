// Runs the task's command to its end, with everything it starts.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "task/agent/log_writer.h"

namespace ameide::task {

// From TERM to KILL, for a timeout, a cancellation, and what a command leaves behind.
inline constexpr Millis kTermGrace{5000};
// How long output of a command that has ended may still come from processes it left behind.
inline constexpr Millis kPipeGrace{1000};
// After KILL: only the kernel can still hold a process (a dead disk, for example).
inline constexpr Millis kKillPatience{10000};

struct CommandRequest {
  std::vector<std::string> argv;  // exactly this, no shell
  std::map<std::string, std::string> environment;
  fs::path directory;
  MonoTime deadline;
};

struct CommandEnd {
  enum class Cause { kExited, kTimedOut, kCancelled };
  Cause cause = Cause::kExited;
  ExitStatus status;
  // False when something of the tree survived KILL; run.log names it.
  bool tree_gone = true;
};

// stdout and stderr go to `log`, complete and apart; stdin is null; own session. Returns when the
// command has ended and no descendant of this process is left (see process_tree.h). Errors: the
// program could not be started. Wakes at once for `stop`; a fake `clock` is looked at ten times a
// second.
Result<CommandEnd> RunTree(const CommandRequest& request, LogWriter* log, const Clock& clock,
                           std::stop_token stop);

}  // namespace ameide::task
