// The program copies itself: its image has nothing else, so nothing in it could copy it.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace ameide::task {

inline constexpr char kAgentProgram[] = "ameide-agent";

// Copies the file `program` into each of `folders` as `ameide-agent`, executable by everybody. A
// folder that is missing is made (0755). Whoever starts the copy meanwhile gets the old one or the
// new one, never half.
Status InstallProgram(const fs::path& program, const std::vector<std::string>& folders);

}  // namespace ameide::task
