#include "acceptance/coder_simulator/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "acceptance/coder_simulator/workspace_processes.h"

namespace ameide::simulator {
namespace {

// Stays in a folder of the user's, and so tells that what is beside it is ours to remove.
constexpr char kLockFile[] = "coder-simulator.lock";

}  // namespace

Result<std::unique_ptr<StateFolder>> StateFolder::Open(const fs::path& path, const Clock& clock) {
  fs::path folder = path;
  if (path.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(folder, MakeTempDirectory("/tmp", "ameide-coder-"));
  } else {
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(folder));
  }
  std::unique_ptr<StateFolder> state(new StateFolder(fs::canonical(folder), path.empty()));
  AMEIDE_RETURN_IF_ERROR(state->Lock());
  AMEIDE_RETURN_IF_ERROR(state->RemoveLeftovers(clock));
  AMEIDE_RETURN_IF_ERROR(state->MakeFolders());
  return state;
}

StateFolder::~StateFolder() {
  if (!lock_.valid()) return;  // another one's
  RemoveTree(workspaces()).ok();
  RemoveTree(imports()).ok();
  if (temporary_) RemoveTree(path_).ok();
}

Status StateFolder::Lock() {
  const fs::path file = path_ / kLockFile;
  if (!Exists(file) && (Exists(workspaces()) || Exists(imports()))) {
    return Error{ErrorKind::kConflict, "open state folder", path_.string(),
                 "what is in it is not a simulator's, which would remove it",
                 "choose an empty folder"};
  }
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return ErrnoError(errno, "open", file.string());
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorKind::kConflict, "open state folder", path_.string(),
                 "another simulator works there", "stop it or choose another folder"};
  }
  lock_ = std::move(fd);
  return Ok{};
}

// A simulator that was killed could not end what it had started.
Status StateFolder::RemoveLeftovers(const Clock& clock) const {
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(workspaces(), absent)) {
    AMEIDE_RETURN_IF_ERROR(KillProcessesOf(entry.path().filename().string(), entry.path(), clock));
  }
  // Terraform carries no workspace's mark; nobody has this one.
  if (Exists(imports())) {
    AMEIDE_RETURN_IF_ERROR(KillProcessesOf(imports().string(), imports(), clock));
  }
  AMEIDE_RETURN_IF_ERROR(RemoveTree(workspaces()));
  return RemoveTree(imports());
}

Status StateFolder::MakeFolders() const {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(workspaces()));
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(imports()));
  // Pods of other users must find the way to their folders.
  for (const fs::path& folder : {path_, workspaces()}) {
    if (::chmod(folder.c_str(), 0711) != 0) return ErrnoError(errno, "chmod", folder.string());
  }
  return Ok{};
}

}  // namespace ameide::simulator
