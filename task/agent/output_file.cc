#include "task/agent/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace ameide::task {

Result<OutputFile> OutputFile::Create(const fs::path& path) {
  UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return ErrnoError(errno, "create", path.string());
  return OutputFile(std::move(fd), path);
}

Status OutputFile::Append(std::string_view bytes) {
  const Status written = WriteAll(fd_.get(), bytes, path_);
  if (written.ok()) {
    size_ += bytes.size();
  } else {
    // On a full disk a part may have been stored; the file must not end in half a line.
    static_cast<void>(::ftruncate(fd_.get(), static_cast<off_t>(size_)));
  }
  return written;
}

}  // namespace ameide::task
