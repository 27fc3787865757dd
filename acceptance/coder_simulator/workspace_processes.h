// The processes of one workspace, as a container runtime would know them: whoever carries the
// workspace's mark in the environment, runs a program or stands in a folder below the workspace's
// own, and all their descendants.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/processes.h"

namespace ameide::simulator {

inline constexpr char kMarkVariable[] = "AMEIDE_SIMULATOR_WORKSPACE";

// `folder` empty: by the mark alone. Never the calling process.
std::vector<ProcessId> ProcessesOf(const std::string& mark, const fs::path& folder);

// SIGKILL until none is left; kTimeout when some survive.
Status KillProcessesOf(const std::string& mark, const fs::path& folder, const Clock& clock);

}  // namespace ameide::simulator
