// Walking and reading a folder that somebody hostile filled and may still be changing: every
// component is opened on its own without following links, and only regular files are ever read.
// For rooms that read hostile folders. POSIX openat(2); not openat2(2), which sandboxes often lack.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace ameide::task::tree {

inline constexpr int kMaxDepth = 64;

struct Node {
  enum class Kind { kFile, kDirectory, kLink, kSpecial, kUnreadable };
  Kind kind = Kind::kFile;
  std::string path;  // from the root, '/' between components; any bytes but NUL
  uint64_t size = 0;
  dev_t device = 0;
  ino_t inode = 0;
};
// "a symbolic link", "a device, pipe or socket", …
std::string_view Describe(Node::Kind kind);

enum class Walk { kOn, kSkip, kStop };  // kSkip: do not enter this directory

// A real directory, not a link to one.
Result<UniqueFd> OpenRoot(const fs::path& root);
// Only for OpenBeneath: passes also through folders that may be entered but not listed.
Result<UniqueFd> OpenPassage(const fs::path& root);

// Who a directory is, whatever path leads to it (links followed).
Result<Node> Identify(const fs::path& directory);

// A new empty file (0600) and the folders above it; kConflict when the name is taken.
Result<UniqueFd> CreateNew(const fs::path& path);

// Calls `visit` for everything below `root` (not for itself), each directory before its content and
// names in byte order. A directory that cannot be read or lies deeper than kMaxDepth is visited
// again as kUnreadable.
void WalkTree(int root, const std::function<Walk(const Node&)>& visit);

// A regular file by its safe relative path. kInvalid when a component is a link or it is no regular
// file.
Result<UniqueFd> OpenBeneath(int root, std::string_view path);

Result<uint64_t> SizeOf(int fd, std::string_view path);

// Up to `bytes` bytes from `offset`.
Result<std::string> ReadPiece(int fd, uint64_t offset, uint64_t bytes, std::string_view path);

struct Streamed {
  uint64_t size = 0;
  std::string sha256;
};
// Reads to the end in constant memory and gives each piece to `sink`, which may stop by returning
// false (kCancelled). More than `max_bytes` is kInvalid.
Result<Streamed> Stream(int fd, uint64_t max_bytes, std::string_view path,
                        const std::function<bool(std::string_view)>& sink);

// True for paths that a manifest can carry and every tool can show: safe, UTF-8, no controls.
bool IsBundlePath(std::string_view path);

}  // namespace ameide::task::tree
