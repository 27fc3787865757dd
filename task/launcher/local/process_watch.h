// The processes that belong to one run, found by its marks. Thread-safe; keeps no state.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/processes.h"

namespace ameide::task {

// Processes of our own user that belong to a run: AMEIDE_RUN_ID in their environment, or a working
// directory in `folder` and no terminal (a person's shell there is not ours), or the one that the
// folder's agent.json names, and the descendants of all these, by rising pid. Never ourselves.
std::vector<ProcessId> ProcessesOfRun(const std::string& run_id, const fs::path& folder);

// KILLs all of them, again and again until none is left. False when some survive `limit`.
bool KillRun(const std::string& run_id, const fs::path& folder, const Clock& clock, Millis limit);

}  // namespace ameide::task
