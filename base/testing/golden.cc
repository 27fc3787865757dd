#include "base/testing/golden.h"

#include <cstdlib>

#include "base/files.h"

namespace ameide::testing {

::testing::AssertionResult MatchesGolden(std::string_view actual, std::string_view path) {
  const fs::path file = fs::path(AMEIDE_SOURCE_DIR) / path;
  if (std::getenv("AMEIDE_UPDATE_GOLDENS") != nullptr) {
    const Status made = MakeDirectories(file.parent_path());
    const Status written = WriteFileAtomically(file, actual, 0644);
    if (!made.ok() || !written.ok())
      return ::testing::AssertionFailure() << "cannot write " << file;
    return ::testing::AssertionSuccess();
  }
  const Result<std::string> wanted = ReadFile(file, 64u << 20);
  if (!wanted.ok()) {
    return ::testing::AssertionFailure()
           << wanted.error().ToString() << "; run with AMEIDE_UPDATE_GOLDENS=1 to write it";
  }
  if (*wanted == actual) return ::testing::AssertionSuccess();
  size_t line = 1;
  size_t at = 0;
  while (at < wanted->size() && at < actual.size() && (*wanted)[at] == actual[at]) {
    if (actual[at] == '\n') ++line;
    ++at;
  }
  return ::testing::AssertionFailure()
         << path << " differs at line " << line << ": wanted \"" << wanted->substr(at, 60)
         << "\", got \"" << actual.substr(at, 60) << "\"";
}

}  // namespace ameide::testing
