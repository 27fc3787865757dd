// The verbs of `ameide-launcher`: from a command line to text and an exit code.
#pragma once

#include <optional>
#include <string>

#include "task/launcher/command_line.h"
#include "task/launcher/launcher.h"

namespace ameide::task {

// Exit codes of `run`, one per outcome, so that a caller never has to parse text.
inline constexpr int kLauncherFailure = 1;
// Also a spec that may not run (nothing was created) and input that is not what it should be.
inline constexpr int kLauncherUsage = 2;
inline constexpr int kLauncherError = 3;
inline constexpr int kLauncherTimeout = 4;
inline constexpr int kLauncherCancelled = 5;
inline constexpr int kLauncherRefuted = 6;  // of `verify` and `unpack`: a check failed
int ExitCodeOf(Outcome outcome);

struct CommandOutput {
  int exit_code = 0;
  std::string out;  // stdout
  std::string err;  // stderr
};

// The verbs that need no launcher and no state: verify, sign, pack, unpack; nothing for others.
std::optional<CommandOutput> ExecuteOffline(const CommandLine& line);
// The others.
CommandOutput Execute(const CommandLine& line, Launcher& launcher, const LaunchContext& context);

}  // namespace ameide::task
