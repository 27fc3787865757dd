// Processes of this machine as /proc shows them (Linux). A pid alone is recycled; a pid with its
// start time is one process for ever, so nothing here signals a process that only took the number.
// Thread-safe; keeps no state.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"

namespace ameide::task {

struct ProcessId {
  pid_t pid = 0;
  uint64_t start_ticks = 0;  // field 22 of /proc/<pid>/stat: clock ticks since boot
  bool operator==(const ProcessId&) const = default;
};

// Nothing when no such process is there; a zombie counts as gone.
std::optional<ProcessId> IdentifyProcess(pid_t pid);
bool IsAlive(const ProcessId& process);

// False when the process is gone. Never hits another one (pidfd).
bool SignalProcess(const ProcessId& process, int signal);

// Children and their children of `root`, without `root`.
std::vector<ProcessId> DescendantsOf(pid_t root);

// Processes of our own user that belong to a run: AMEIDE_RUN_ID in their environment, or a working
// directory in `folder` and no terminal (a person's shell there is not ours), and the descendants
// of all these. Never ourselves.
std::vector<ProcessId> ProcessesOfRun(const std::string& run_id, const fs::path& folder);

// KILLs all of them, again and again until none is left. False when some survive `limit`, for
// example in an uninterruptible wait.
bool KillDescendants(pid_t root, const Clock& clock, Millis limit);
bool KillRun(const std::string& run_id, const fs::path& folder, const Clock& clock, Millis limit);

}  // namespace ameide::task
