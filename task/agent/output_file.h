// A file that grows by appending.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace ameide::task {

// Not thread-safe. Closed with the object.
class OutputFile {
 public:
  // Makes the file (0600); kConflict when anything, even a dangling link, has its name.
  static Result<OutputFile> Create(const fs::path& path);

  // All of `bytes` or nothing and an error.
  Status Append(std::string_view bytes);
  uint64_t size() const { return size_; }

 private:
  OutputFile(UniqueFd fd, fs::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  UniqueFd fd_;
  fs::path path_;
  uint64_t size_ = 0;
};

}  // namespace ameide::task
