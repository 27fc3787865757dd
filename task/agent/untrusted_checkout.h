// Looks at a checkout that a command may have rewritten, without running Git in it.
#pragma once

#include <string>

#include "base/files.h"
#include "base/result.h"

namespace ameide::task {

// A folder and no link to one.
bool IsFolder(const fs::path& path);

// A file or link at exactly this place, with no link among the folders above it.
bool HasFileAt(const fs::path& root, const std::string& path);

// The commit that a Git directory has checked out; empty when there is none.
std::string ReadHead(const fs::path& git_directory);

// Git opens what is below .git, and .gitignore and the like in any folder, without a look at what
// it is: a pipe in the place of one would hold it until its clock ran out. kInvalid when there is
// one. Nobody looks behind links to folders: there it is the clock.
Status RefuseTraps(const fs::path& checkout);

}  // namespace ameide::task
