// Everything that runs below this process: found through /proc, ended for good.
//
// The agent is a child subreaper (Linux, prctl(2)): whoever daemonizes becomes our child instead of
// escaping to process 1. So "every descendant of the calling process" is the command's tree, and a
// program that uses this must have no other children while it does.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ameide::task {

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';         // 'Z' is a zombie: ended, not yet waited for
  uint64_t start_time = 0;  // in clock ticks since boot; with the pid, it names a process for good
  std::string name;         // as the process chose it: hostile bytes
  bool operator==(const Process&) const = default;
};

// One /proc/<pid>/stat (proc(5)); false when it is not of that form. Pure.
bool ParseProcessStat(std::string_view stat, Process* out);

// Those of `all` that descend from `root`, without `root`. Pure.
std::vector<Process> DescendantsOf(pid_t root, const std::vector<Process>& all);

// From now on orphans among our descendants become our children.
Status AdoptOrphans();

// The living descendants of the calling process. Waits for ended orphans on the way, but never for
// `awaited`, whose exit status belongs to somebody else.
std::vector<Process> LivingDescendants(pid_t awaited);

// Signals each, unless its number belongs to another process by now.
void SignalEach(const std::vector<Process>& processes, int signal);

}  // namespace ameide::task
