// The file system, with our errors. No function here follows a symbolic link in the last component
// unless it says so. All are thread-safe; none keeps state.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ameide {

namespace fs = std::filesystem;

// errno → our kinds, in one place. `operation` and `target` name what failed.
Error ErrnoError(int error_number, std::string operation, std::string target,
                 std::string hint = "");

enum class LastLink { kRefuse, kFollow };

// A regular file, for reading; kInvalid for anything else. A FIFO does not hang, a device is not
// touched beyond the opening.
Result<UniqueFd> OpenRegularFile(const fs::path& path, LastLink link = LastLink::kRefuse);

// Reads a regular file (through a link, too) of at most `max_bytes`; larger is kInvalid.
Result<std::string> ReadFile(const fs::path& path, uint64_t max_bytes);

// The last `max_bytes` bytes of a regular file.
Result<std::string> ReadFileTail(const fs::path& path, uint64_t max_bytes);

// Writes all of `bytes` to a descriptor; `path` is only for the error.
Status WriteAll(int fd, std::string_view bytes, const fs::path& path);

// Readers see the old bytes or the new ones, never half. Permissions are 0600 unless told.
Status WriteFileAtomically(const fs::path& path, std::string_view bytes, unsigned mode = 0600);

Status MakeDirectories(const fs::path& path);  // 0700; existing is fine

// A fresh directory `<parent>/<prefix>XXXXXX`, 0700.
Result<fs::path> MakeTempDirectory(const fs::path& parent, std::string_view prefix);

// Removes a file or a whole tree, never crossing a link, and directories that were made read-only,
// too. Absent is success. Verified: an error when anything is left.
Status RemoveTree(const fs::path& path);

bool Exists(const fs::path& path);  // also true for a dangling link

// Copies a regular file that is no link; returns the bytes copied. kInvalid for links, devices and
// so on, and for files over `max_bytes`. kConflict when `to` is there already. After an error there
// is no new `to`.
Result<uint64_t> CopyRegularFile(const fs::path& from, const fs::path& to, uint64_t max_bytes);

// True when `text` is a relative path of plain components: not empty, no "." or "..", no leading
// slash, no NUL or backslash. The only paths that may cross a trust boundary.
bool IsSafeRelativePath(std::string_view text);

}  // namespace ameide
