#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/strings.h"

namespace ameide {
namespace {

ErrorKind KindOf(int error_number) {
  switch (error_number) {
    case ENOENT:
      return ErrorKind::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::kDenied;
    case EEXIST:
    case ENOTEMPTY:
      return ErrorKind::kConflict;
    case EAGAIN:
    case ENOSPC:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kInvalid;
  }
}

Result<std::string> ReadUpTo(int fd, uint64_t max_bytes, const fs::path& path) {
  std::string bytes;
  char buffer[1 << 16];
  while (bytes.size() <= max_bytes) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError(errno, "read", path.string());
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(got));
  }
  return Error{ErrorKind::kInvalid, "read", path.string(),
               StrCat("larger than ", max_bytes, " bytes"), ""};
}

Result<uint64_t> CopyBytes(int in, const fs::path& from, int out, const fs::path& to,
                           uint64_t max_bytes) {
  uint64_t total = 0;
  std::vector<char> buffer(1 << 18);
  while (true) {
    const ssize_t got = ::read(in, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError(errno, "read", from.string());
    if (got == 0) return total;
    total += static_cast<uint64_t>(got);
    if (total > max_bytes) {
      return Error{ErrorKind::kInvalid, "copy", from.string(),
                   StrCat("larger than ", max_bytes, " bytes"), ""};
    }
    AMEIDE_RETURN_IF_ERROR(
        WriteAll(out, std::string_view(buffer.data(), static_cast<size_t>(got)), to));
  }
}

}  // namespace

Error ErrnoError(int error_number, std::string operation, std::string target, std::string hint) {
  return Error{KindOf(error_number), std::move(operation), std::move(target),
               std::strerror(error_number), std::move(hint)};
}

Result<UniqueFd> OpenRegularFile(const fs::path& path, LastLink link) {
  // O_NONBLOCK: opening a FIFO that somebody planted must not hang.
  const int flags =
      O_RDONLY | O_CLOEXEC | O_NONBLOCK | (link == LastLink::kFollow ? 0 : O_NOFOLLOW);
  UniqueFd fd(::open(path.c_str(), flags));
  if (!fd.valid()) return ErrnoError(errno, "read", path.string());
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return ErrnoError(errno, "read", path.string());
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorKind::kInvalid, "read", path.string(), "not a regular file", ""};
  }
  return fd;
}

Status WriteAll(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoError(errno, "write", path.string());
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return Ok{};
}

Result<std::string> ReadFile(const fs::path& path, uint64_t max_bytes) {
  AMEIDE_ASSIGN_OR_RETURN(UniqueFd fd, OpenRegularFile(path, LastLink::kFollow));
  return ReadUpTo(fd.get(), max_bytes, path);
}

Result<std::string> ReadFileTail(const fs::path& path, uint64_t max_bytes) {
  AMEIDE_ASSIGN_OR_RETURN(UniqueFd fd, OpenRegularFile(path, LastLink::kFollow));
  const off_t size = ::lseek(fd.get(), 0, SEEK_END);
  const off_t start = std::max<off_t>(0, size - static_cast<off_t>(max_bytes));
  if (size < 0 || ::lseek(fd.get(), start, SEEK_SET) < 0) {
    return ErrnoError(errno, "read", path.string());
  }
  std::string bytes(static_cast<size_t>(size - start), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(fd.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError(errno, "read", path.string());
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Status WriteFileAtomically(const fs::path& path, std::string_view bytes, unsigned mode) {
  std::string temporary = path.string() + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return ErrnoError(errno, "create", temporary);
  Status written = WriteAll(fd.get(), bytes, path);
  if (written.ok() && ::fchmod(fd.get(), mode) != 0) {
    written = ErrnoError(errno, "set mode of", path.string());
  }
  if (written.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = ErrnoError(errno, "write", path.string());
  }
  if (!written.ok()) ::unlink(temporary.c_str());
  return written;
}

Status MakeDirectories(const fs::path& path) {
  fs::path sofar;
  for (const fs::path& part : path) {
    sofar /= part;
    if (::mkdir(sofar.c_str(), 0700) != 0 && errno != EEXIST) {
      const int why = errno;
      std::error_code ignored;
      if (!fs::is_directory(sofar, ignored)) {
        return ErrnoError(why, "create directory", sofar.string());
      }
    }
  }
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    return Error{ErrorKind::kConflict, "create directory", path.string(),
                 "something that is no directory has this name", ""};
  }
  return Ok{};
}

Result<fs::path> MakeTempDirectory(const fs::path& parent, std::string_view prefix) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(parent));
  std::string name = (parent / StrCat(prefix, "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) return ErrnoError(errno, "create directory", name);
  return fs::path(name);
}

Status RemoveTree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) {
    // A directory without write permission keeps its entries: open it up and try once more.
    std::error_code ignored;
    const auto options = fs::directory_options::skip_permission_denied;
    if (fs::is_directory(fs::symlink_status(path, ignored))) {
      fs::permissions(path, fs::perms::owner_all, fs::perm_options::add, ignored);
      for (auto it = fs::recursive_directory_iterator(path, options, ignored);
           it != fs::recursive_directory_iterator(); it.increment(ignored)) {
        std::error_code skip;
        if (it->is_symlink(skip) || !it->is_directory(skip)) continue;
        fs::permissions(it->path(), fs::perms::owner_all, fs::perm_options::add, skip);
      }
    }
    fs::remove_all(path, error);
  }
  if (error) {
    return Error{ErrorKind::kConflict, "remove", path.string(), error.message(),
                 "something may still be writing there; remove it by hand"};
  }
  if (Exists(path)) {
    return Error{ErrorKind::kConflict, "remove", path.string(), "it is still there", ""};
  }
  return Ok{};
}

bool Exists(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

Result<uint64_t> CopyRegularFile(const fs::path& from, const fs::path& to, uint64_t max_bytes) {
  AMEIDE_ASSIGN_OR_RETURN(UniqueFd in, OpenRegularFile(from));
  UniqueFd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out.valid()) return ErrnoError(errno, "create", to.string());
  Result<uint64_t> copied = CopyBytes(in.get(), from, out.get(), to, max_bytes);
  if (!copied.ok()) ::unlink(to.c_str());
  return copied;
}

bool IsSafeRelativePath(std::string_view text) {
  if (text.empty() || text.find('\0') != std::string_view::npos ||
      text.find('\\') != std::string_view::npos) {
    return false;
  }
  for (const std::string_view part : StrSplit(text, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

}  // namespace ameide
