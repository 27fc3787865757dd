// Everything that runs below this process.
//
// The agent is a child subreaper (Linux, prctl(2)): whoever daemonizes becomes our child instead of
// escaping to process 1. So "every descendant of the calling process" is the command's tree, and a
// program that uses this must have no other children while it does.
#pragma once

#include <vector>

#include "base/processes.h"
#include "base/result.h"

namespace ameide::task {

// From now on orphans among our descendants become our children.
Status AdoptOrphans();

// The living descendants of the calling process. Waits for ended orphans on the way, but never for
// `awaited`, whose exit status belongs to somebody else.
std::vector<Process> LivingDescendants(pid_t awaited);

}  // namespace ameide::task
