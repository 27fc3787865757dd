// The header of a Git bundle (gitformat-bundle(5), versions 2 and 3), read as hostile input: what
// it says to bring and to build on. The pack behind it is Git's to read. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace ameide::task {

struct WorkBundle {
  std::vector<std::string> prerequisites;                 // object ids
  std::vector<std::pair<std::string, std::string>> refs;  // name, object id
  uint64_t pack_offset = 0;                               // bytes, where the pack starts
};

// A header is a few lines; more than this is no header of ours.
inline constexpr size_t kMaxBundleHeader = 64u << 10;

// `start` is the beginning of a bundle, at least the header. kInvalid for any other text, for a
// filtered (partial) bundle and for unknown capabilities.
Result<WorkBundle> ReadBundleHeader(std::string_view start);

}  // namespace ameide::task
