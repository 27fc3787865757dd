// Reading below a folder in which somebody hostile may put links, pipes and other folders at any
// time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace ameide::task {

struct OpenedFile {
  UniqueFd fd;
  uint64_t size = 0;  // when it was opened
};

// The regular file `path` (IsSafeRelativePath) below `root`, for reading. No component of it is
// ever followed when it is a link, nor is `root` itself; what leads there may be one. kNotFound for
// all that is no such file.
Result<OpenedFile> OpenBeneath(const fs::path& root, std::string_view path);

// `length` bytes from `first` on; kUnavailable when the file has become shorter.
Result<std::string> ReadPart(const OpenedFile& file, uint64_t first, uint64_t length);

}  // namespace ameide::task
