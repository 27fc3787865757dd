#include "task/agent/run_once.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "base/unique_fd.h"

namespace ameide::task {

Status AdmitOnce(const fs::path& workspace) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(workspace));
  const fs::path once = workspace / kOnceFile;
  const UniqueFd file(::open(once.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.valid()) return WriteFileAtomically(workspace / kAgentPidFile, StrCat(::getpid(), "\n"));
  if (errno != EEXIST) return ErrnoError(errno, "create", once.string());
  return Error{ErrorKind::kConflict, "start task in", workspace.string(),
               "a task already ran in this workspace", "each run needs a workspace of its own"};
}

}  // namespace ameide::task
