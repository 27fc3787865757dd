#include "task/evidence/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::task::tree {
namespace {

constexpr size_t kMaxNames = 500'000;  // in one directory; they are held in memory to be sorted
constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kPassageFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct DirCloser {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// False when the directory could not be read to its end, or has too many names.
bool ReadNames(int directory, std::vector<std::string>* names) {
  UniqueFd own(::openat(directory, ".", kDirectoryFlags));
  if (!own.valid()) return false;
  std::unique_ptr<DIR, DirCloser> dir(::fdopendir(own.get()));
  if (dir == nullptr) return false;
  (void)own.Release();
  for (errno = 0; const dirent* entry = ::readdir(dir.get()); errno = 0) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names->size() >= kMaxNames) return false;
    names->emplace_back(name);
  }
  const bool whole = errno == 0;
  std::sort(names->begin(), names->end());
  return whole;
}

Node::Kind KindOf(mode_t mode) {
  if (S_ISREG(mode)) return Node::Kind::kFile;
  if (S_ISDIR(mode)) return Node::Kind::kDirectory;
  return S_ISLNK(mode) ? Node::Kind::kLink : Node::Kind::kSpecial;
}

// Returns false when the visitor said stop.
bool WalkDirectory(int directory, const Node& self, int depth,
                   const std::function<Walk(const Node&)>& visit) {
  std::vector<std::string> names;
  if (depth > kMaxDepth || directory < 0 || !ReadNames(directory, &names)) {
    Node unreadable = self;
    unreadable.kind = Node::Kind::kUnreadable;
    if (visit(unreadable) == Walk::kStop) return false;
  }
  for (const std::string& name : names) {
    struct stat info {};
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;  // vanished
    const Node node{KindOf(info.st_mode), self.path.empty() ? name : StrCat(self.path, "/", name),
                    static_cast<uint64_t>(info.st_size), info.st_dev, info.st_ino};
    const Walk next = visit(node);
    if (next == Walk::kStop) return false;
    if (next == Walk::kSkip || node.kind != Node::Kind::kDirectory) continue;
    const UniqueFd child(::openat(directory, name.c_str(), kDirectoryFlags));
    if (!WalkDirectory(child.get(), node, depth + 1, visit)) return false;
  }
  return true;
}

Error NotRegular(std::string_view path, Node::Kind kind) {
  return Error{ErrorKind::kInvalid, "read", Truncate(ToOneLine(path), 300),
               StrCat("it is ", Describe(kind)), "only regular files are evidence"};
}

Error ReadError(std::string_view path) {
  return ErrnoError(errno, "read", Truncate(ToOneLine(path), 300));
}

}  // namespace

std::string_view Describe(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kFile:
      return "a regular file";
    case Node::Kind::kDirectory:
      return "a directory";
    case Node::Kind::kLink:
      return "a symbolic link";
    case Node::Kind::kSpecial:
      return "a device, pipe or socket";
    case Node::Kind::kUnreadable:
      return "a directory that cannot be read or lies too deep";
  }
  return "unknown";
}

Result<UniqueFd> OpenRoot(const fs::path& root) {
  UniqueFd fd(::open(root.c_str(), kDirectoryFlags));
  if (!fd.valid()) return ErrnoError(errno, "open directory", root.string());
  return fd;
}

Result<UniqueFd> OpenPassage(const fs::path& root) {
  UniqueFd fd(::open(root.c_str(), kPassageFlags));
  if (!fd.valid()) return ErrnoError(errno, "open directory", root.string());
  return fd;
}

Result<Node> Identify(const fs::path& directory) {
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) {
    return ErrnoError(errno, "look at", directory.string());
  }
  return Node{KindOf(info.st_mode), "", 0, info.st_dev, info.st_ino};
}

Result<UniqueFd> CreateNew(const fs::path& path) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(path.parent_path()));
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return ErrnoError(errno, "create", path.string());
  return fd;
}

void WalkTree(int root, const std::function<Walk(const Node&)>& visit) {
  (void)WalkDirectory(root, Node{Node::Kind::kDirectory, "", 0, 0, 0}, 0, visit);
}

Result<UniqueFd> OpenBeneath(int root, std::string_view path) {
  if (!IsSafeRelativePath(path)) {
    return Error{ErrorKind::kInvalid, "read", Truncate(ToOneLine(path), 300),
                 "the path is not a plain relative one", ""};
  }
  UniqueFd held;
  int directory = root;
  const std::vector<std::string_view> parts = StrSplit(path, '/');
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    UniqueFd next(::openat(directory, std::string(parts[i]).c_str(), kPassageFlags));
    if (!next.valid()) {
      if (errno == ENOTDIR || errno == ELOOP) return NotRegular(path, Node::Kind::kLink);
      return ReadError(path);
    }
    held = std::move(next);
    directory = held.get();
  }
  // O_NONBLOCK: opening a pipe that somebody planted must not hang.
  UniqueFd file(::openat(directory, std::string(parts.back()).c_str(),
                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ELOOP) return NotRegular(path, Node::Kind::kLink);
    if (errno == ENXIO) return NotRegular(path, Node::Kind::kSpecial);  // a socket
    return ReadError(path);
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return ReadError(path);
  if (!S_ISREG(info.st_mode)) return NotRegular(path, KindOf(info.st_mode));
  return file;
}

Result<uint64_t> SizeOf(int fd, std::string_view path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return ReadError(path);
  return static_cast<uint64_t>(info.st_size);
}

Result<std::string> ReadPiece(int fd, uint64_t offset, uint64_t bytes, std::string_view path) {
  std::string out;
  char buffer[1 << 15];
  while (out.size() < bytes) {
    const size_t want = std::min<uint64_t>(sizeof buffer, bytes - out.size());
    const ssize_t got = ::pread(fd, buffer, want, static_cast<off_t>(offset + out.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ReadError(path);
    if (got == 0) break;
    out.append(buffer, static_cast<size_t>(got));
  }
  return out;
}

Result<Streamed> Stream(int fd, uint64_t max_bytes, std::string_view path,
                        const std::function<bool(std::string_view)>& sink) {
  Sha256 hash;
  Streamed streamed;
  std::vector<char> buffer(1 << 18);
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ReadError(path);
    if (got == 0) break;
    streamed.size += static_cast<uint64_t>(got);
    if (streamed.size > max_bytes) {
      return Error{ErrorKind::kInvalid, "read", Truncate(ToOneLine(path), 300),
                   StrCat("larger than ", max_bytes, " bytes"), ""};
    }
    const std::string_view piece(buffer.data(), static_cast<size_t>(got));
    hash.Update(piece);
    if (sink && !sink(piece)) {
      return Error{ErrorKind::kCancelled, "read", Truncate(ToOneLine(path), 300),
                   "the receiver stopped", ""};
    }
  }
  streamed.sha256 = hash.Hex();
  return streamed;
}

bool IsBundlePath(std::string_view path) {
  return IsSafeRelativePath(path) && path.size() < 1024 && ToOneLine(path) == path;
}

}  // namespace ameide::task::tree
