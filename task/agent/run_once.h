// One workspace, one run.
#pragma once

#include "base/files.h"
#include "base/result.h"

namespace ameide::task {

inline constexpr char kOnceFile[] = ".ameide-run";
// The process id of the agent program, for whoever wants to signal it. The command can write there,
// too, and could as well signal the program itself.
inline constexpr char kAgentPidFile[] = "agent.pid";

// A restarted agent program must not run a command twice: whoever makes the first file runs it, and
// leaves its process id in the second. kConflict for all others.
Status AdmitOnce(const fs::path& workspace);

}  // namespace ameide::task
