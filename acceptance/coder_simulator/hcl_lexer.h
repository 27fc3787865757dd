// The words of an HCL file (HCL native syntax specification, "Lexical Elements"). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ameide::simulator {

struct TextPart {
  bool interpolated = false;
  std::string text;  // decoded text, or the source between ${ and }
};

struct Token {
  enum class Kind { kName, kNumber, kString, kMark, kNewline, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;             // of names, numbers and marks
  std::vector<TextPart> parts;  // of strings and heredocs
  int line = 0;
};

// Ends with kEnd, twice, so that a reader may look one further. kInvalid with file and line.
Result<std::vector<Token>> Lex(std::string_view text, std::string_view file, int first_line);

}  // namespace ameide::simulator
