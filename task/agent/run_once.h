// One workspace, one run.
#pragma once

#include "base/files.h"
#include "base/result.h"

namespace ameide::task {

inline constexpr char kOnceFile[] = ".ameide-run";

// A restarted agent program must not run a command twice: whoever makes the file runs it. kConflict
// for all others.
Status AdmitOnce(const fs::path& workspace);

}  // namespace ameide::task
