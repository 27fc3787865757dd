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

// `.codex/followup.md` for who goes on in this very checkout, unless there is one. After the
// command and after its changes were read. What stands in the way (the command may have put a link
// there) stays, and then nothing is placed.
void PlaceFollowup(const fs::path& checkout, const std::string& text);

}  // namespace ameide::task
