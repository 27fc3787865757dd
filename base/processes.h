// Processes of this machine as /proc shows them (Linux, proc(5)). A pid alone is recycled; a pid
// with its start time is one process for ever, so nothing here signals a process that only took the
// number. Thread-safe; keeps no state.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace ameide {

struct ProcessId {
  pid_t pid = 0;
  uint64_t start_ticks = 0;  // clock ticks since boot
  bool operator==(const ProcessId&) const = default;
};

struct Process {
  ProcessId id;
  pid_t parent = 0;
  char state = '?';
  int terminal = 0;  // device number of the controlling terminal; 0 for none
  std::string name;  // as the process chose it: hostile bytes
  int threads = 1;
  // False for a zombie: ended, though nobody has waited for it yet. A process whose first thread
  // has left looks like one while the others run on.
  bool Living() const { return state != 'X' && (state != 'Z' || threads > 1); }
  bool operator==(const Process&) const = default;
};

// One /proc/<pid>/stat; nothing when it is not of that form. Pure.
std::optional<Process> ParseProcessStat(std::string_view stat);

// Those of `all` that descend from one of `roots`, without the roots; parents before children.
// Pure.
std::vector<Process> DescendantsOf(const std::set<pid_t>& roots, const std::vector<Process>& all);

// Zombies, too. Empty when /proc cannot be read.
std::vector<Process> AllProcesses();

// Nothing when no such process is there; a zombie counts as gone.
std::optional<ProcessId> IdentifyProcess(pid_t pid);
bool IsAlive(const ProcessId& process);

// False when the process is gone or not ours to signal. Never hits another one (pidfd).
bool SignalProcess(const ProcessId& process, int signal);

// KILLs what `list` names, again and again, until it names nothing: a process may have forked
// between the look and the signal. False when some survive `limit`, for example in an
// uninterruptible wait.
bool KillUntilNone(const std::function<std::vector<ProcessId>()>& list, const Clock& clock,
                   Millis limit);

// The same for the living descendants of `root`; `root` itself is spared.
bool KillDescendants(pid_t root, const Clock& clock, Millis limit);

}  // namespace ameide
