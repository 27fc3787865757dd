// The folder that PATH names when a profile lists its tools.
//
// A guard against habit, not against intent: a command can still call a program by its absolute
// path or bring one along. It makes the tools that a profile was written for the ones that are
// found, so that a run does not come to depend on what an image happens to have.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace ameide::task {

// What POSIX shell scripts and Git cannot do without; always there, when the image has it.
std::span<const std::string_view> BaseTools();

struct ToolPath {
  fs::path folder;
  std::vector<std::string> missing;  // listed tools that are in no folder of PATH
};

// Fills the new folder `folder` with links to the first program of each name on `path` (absolute
// folders only, ':' between them).
Result<ToolPath> MakeToolPath(const fs::path& folder, const std::vector<std::string>& tools,
                              std::string_view path);

}  // namespace ameide::task
