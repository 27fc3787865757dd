#include "task/agent/disk_reserve.h"

#include <fcntl.h>

#include "base/unique_fd.h"

namespace ameide::task {

void DiskReserve::Take(const fs::path& file) {
  const UniqueFd fd(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return;
  file_ = file;
  if (::posix_fallocate(fd.get(), 0, kReserveBytes) != 0) Release();
}

void DiskReserve::Release() {
  if (!file_.empty()) static_cast<void>(RemoveTree(file_));
  file_.clear();
}

}  // namespace ameide::task
