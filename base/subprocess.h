// Child processes by posix_spawn: safe in a process that runs gRPC threads (fork is not), no
// descriptor inherited but the three standard ones, stdin null unless given, own session when
// asked.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace ameide {

// How a process ended: exactly one of the two.
struct ExitStatus {
  std::optional<int> code;    // 0 to 255
  std::optional<int> signal;  // 1 to 64
  // What a shell reports: the code, or 128 plus the signal.
  int ShellCode() const { return code ? *code : 128 + signal.value_or(0); }
  bool Success() const { return code == 0; }
  bool operator==(const ExitStatus&) const = default;
};

struct SpawnOptions {
  std::vector<std::string> argv;                   // argv[0] is looked up in env's PATH
  std::map<std::string, std::string> environment;  // the whole environment, nothing is inherited
  fs::path directory;                              // empty: the caller's
  bool new_session = false;                        // setsid: own process group, no terminal
  int stdin_fd = -1;  // what the child reads; -1 is the null device. Not consumed.
  // Where the child's output goes: -1 is the null device, else a descriptor of the caller (not
  // consumed; close-on-exec on it does not matter).
  int stdout_fd = -1;
  int stderr_fd = -1;
  // One more descriptor the child keeps, as number 3; -1 for none.
  int extra_fd = -1;
};

// Becomes readable when any process, ours or not, has ended (a pidfd). Invalid when there is none.
UniqueFd WatchProcess(pid_t pid);

// Owns the right to wait for one child. Destroying it neither kills nor waits: owners do.
class Subprocess {
 public:
  // kNotFound when the program does not exist, kDenied when it may not be run.
  static Result<Subprocess> Spawn(const SpawnOptions& options);

  pid_t pid() const { return pid_; }
  // Becomes readable when the child ends (pidfd); valid until the object is gone.
  int exit_fd() const { return pidfd_.get(); }
  ExitStatus Wait();                   // blocks until the child ended
  std::optional<ExitStatus> Poll();    // does not block
  void Signal(int signal) const;       // to the child alone
  void SignalGroup(int signal) const;  // to its process group; only with new_session

 private:
  Subprocess(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  pid_t pid_;
  UniqueFd pidfd_;
  std::optional<ExitStatus> status_;
};

struct CommandResult {
  ExitStatus status;
  std::string out;  // at most the limit; the rest was read and dropped
  std::string err;
  bool timed_out = false;
};

struct CommandLimits {
  Millis timeout{60'000};
  size_t output_bytes = 64u << 20;
  // When set, gets stdout piece by piece instead of `out`.
  std::function<void(std::string_view)> on_stdout;
};

// Runs a helper program (Git, terraform) to its end in its own session and reads both streams. On
// timeout or stop the whole group is killed. Errors: could not start, or kCancelled by `stop`.
// `timed_out` and a bad exit status are results, not errors.
Result<CommandResult> RunCommand(const SpawnOptions& options, const CommandLimits& limits,
                                 const Clock& clock, std::stop_token stop = {});

}  // namespace ameide
