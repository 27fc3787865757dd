#include "task/serve/beneath.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/strings.h"

namespace ameide::task {
namespace {

Error NoSuchFile(std::string_view path) {
  return Error{ErrorKind::kNotFound, "open", std::string(path), "no such regular file", ""};
}

}  // namespace

// Component by component, as openat2(2) with RESOLVE_NO_SYMLINKS would; sandboxes often deny that
// call.
Result<OpenedFile> OpenBeneath(const fs::path& root, std::string_view path) {
  if (!IsSafeRelativePath(path)) return NoSuchFile(path);
  constexpr int kFolder = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd folder(::open(root.c_str(), kFolder));
  std::vector<std::string_view> steps = StrSplit(path, '/');
  const std::string name(steps.back());
  steps.pop_back();
  for (const std::string_view step : steps) {
    if (folder.valid()) folder.Reset(::openat(folder.get(), std::string(step).c_str(), kFolder));
  }
  if (!folder.valid()) return NoSuchFile(path);
  // O_NONBLOCK: a pipe must not hang us.
  UniqueFd fd(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return NoSuchFile(path);
  }
  return OpenedFile{std::move(fd), static_cast<uint64_t>(info.st_size)};
}

Result<std::string> ReadPart(const OpenedFile& file, uint64_t first, uint64_t length) {
  std::string bytes(length, '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::pread(file.fd.get(), bytes.data() + filled, bytes.size() - filled,
                                static_cast<off_t>(first + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return Error{ErrorKind::kUnavailable, "read", "the file", "it became shorter meanwhile", ""};
    }
    filled += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace ameide::task
