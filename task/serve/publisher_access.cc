#include "task/serve/publisher_access.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "task/contract/manifest.h"
#include "task/serve/beneath.h"

namespace ameide::task {
namespace {

void LetPass(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (fd.valid() && ::fstat(fd.get(), &info) == 0) {
    static_cast<void>(::fchmod(fd.get(), (info.st_mode & 07777) | S_IXGRP | S_IXOTH));
  }
}

}  // namespace

void AdmitPublisher(const fs::path& workspace, const fs::path& evidence) {
  LetPass(workspace);
  LetPass(evidence);
  LetPass((evidence / kWorkBundleFile).parent_path());
  const Result<OpenedFile> work = OpenBeneath(evidence, kWorkBundleFile);
  if (work.ok()) static_cast<void>(::fchmod(work->fd.get(), 0644));
}

}  // namespace ameide::task
