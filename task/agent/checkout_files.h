// The files a profile puts into a checkout for agents to find, kept out of the change set.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace ameide::task {

inline constexpr char kMarkerFile[] = ".ameide/agent-profile";
inline constexpr char kInstructionsFile[] = "AGENTS.md";

// Writes the marker, and a copy of `<workspace>/AGENTS.md`: agents look no higher than the
// checkout's top. What the repository has itself stays as it is. Returns the paths that were
// placed; Git is told to ignore them (.git/info/exclude).
Result<std::vector<std::string>> PlaceProfileFiles(const fs::path& workspace,
                                                   const fs::path& checkout,
                                                   const std::string& marker);

}  // namespace ameide::task
