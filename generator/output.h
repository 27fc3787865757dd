// Rendered files and a folder on disk. Only files listed in the folder's `.ameide-generated` (in
// sha256sum's format) are ever replaced or removed; everything else there is somebody's work.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "generator/render/render.h"

namespace ameide::generator {

inline constexpr char kMarkFile[] = ".ameide-generated";

struct Written {
  std::vector<std::string> written;  // new or changed
  std::vector<std::string> removed;  // once ours, no longer rendered
};

// With its parents, and for whom the umask says: what is made here is for others to read.
Status MakeFolder(const fs::path& folder);

// Makes the folder hold these files. Looks before it writes: kConflict, with every file named and
// nothing touched, when a file is in the way that we did not make, or one that we would remove was
// edited; kDenied for symbolic links. A run that is cut short can be repeated.
Result<Written> WriteFolder(const fs::path& folder, const FileSet& files);

// What WriteFolder would change, as a unified diff; plus a line for every file that is in the
// folder without being rendered (Terraform would read it). Empty: none. Names starting with a dot
// are not looked at; Coder leaves them out as well.
Result<std::string> DiffFolder(const fs::path& folder, const FileSet& files);

}  // namespace ameide::generator
