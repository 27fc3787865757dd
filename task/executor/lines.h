// Bytes from a stream into lines, none of which takes more memory than allowed. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ameide::task {

// Not thread-safe.
class Lines {
 public:
  explicit Lines(size_t max_line) : max_line_(max_line) {}

  // The lines that end in `bytes`, without "\n" or "\r\n"; nothing in place of one that was longer
  // than allowed.
  std::vector<std::optional<std::string>> Feed(std::string_view bytes);
  // What came after the last newline, at the end of the stream; an empty list when nothing did.
  std::vector<std::optional<std::string>> Finish();

 private:
  std::optional<std::string> Take();

  size_t max_line_;
  std::string line_;
  bool too_long_ = false;
};

}  // namespace ameide::task
