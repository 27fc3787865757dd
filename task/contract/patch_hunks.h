// The contents part of one file's patch: hunks of lines, or binary data. For patch_reader.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "task/contract/guardrails.h"

namespace ameide::task {

// Walks a text line by line and knows where it is.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) : rest_(text) {}
  bool AtEnd() const { return rest_.empty(); }
  // The line without its newline; the same until Take.
  std::string_view Peek() const { return rest_.substr(0, rest_.find('\n')); }
  std::string_view Take();
  bool TakeIf(std::string_view prefix, std::string_view* tail);
  bool LastLineIsWhole() const { return rest_.empty() || rest_.back() == '\n'; }
  Error Wrong(std::string_view cause) const;  // at the line that Peek shows

 private:
  std::string_view rest_;
  size_t line_ = 1;
};

// What the hunks of one file say.
struct Contents {
  bool binary = false;
  bool digests_only = true;  // meaningless without hunks
  bool whole = true;         // one hunk from line 1, so that `new_text` may be the whole file
  uint64_t added_bytes = 0;  // with newlines; of a binary literal its size
  size_t old_lines = 0;      // lines that the hunks show of each side
  size_t new_lines = 0;
  std::string new_text;  // the new side of a symbolic link or gitlink, else empty
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

// Reads "@@ …" hunks up to the next line that is none. `keep_text` fills `new_text`;
// `*budget` is how many bytes of lines may still be kept.
Result<Contents> ReadHunks(LineCursor* cursor, bool keep_text, size_t* budget);
// Behind "GIT binary patch": one or two pieces.
Result<Contents> ReadBinary(LineCursor* cursor);

}  // namespace ameide::task
