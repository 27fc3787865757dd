#include "task/contract/git_name.h"

#include <algorithm>

namespace ameide::task {
namespace {

// The byte that the escape at the front of `text` (behind its backslash) stands for.
std::optional<char> TakeEscape(std::string_view* text) {
  constexpr std::string_view kLetters = "abtnvfr\"\\";
  constexpr std::string_view kBytes = "\a\b\t\n\v\f\r\"\\";
  if (text->empty()) return std::nullopt;
  if (const size_t at = kLetters.find(text->front()); at != std::string_view::npos) {
    text->remove_prefix(1);
    return kBytes[at];
  }
  unsigned value = 0;
  if (text->size() < 3 || text->front() > '3') return std::nullopt;
  for (int i = 0; i < 3; ++i) {
    const char digit = text->front();
    if (digit < '0' || digit > '7') return std::nullopt;
    value = value * 8 + static_cast<unsigned>(digit - '0');
    text->remove_prefix(1);
  }
  return static_cast<char>(value);
}

bool NeedsQuotes(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\';
}

}  // namespace

bool IsObjectId(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::string> TakeQuotedName(std::string_view* text) {
  if (text->empty() || text->front() != '"') return std::nullopt;
  text->remove_prefix(1);
  std::string name;
  while (!text->empty()) {
    const char c = text->front();
    text->remove_prefix(1);
    if (c == '"') return name;
    if (c == '\\') {
      const std::optional<char> byte = TakeEscape(text);
      if (!byte || *byte == '\0') return std::nullopt;
      name += *byte;
    } else if (NeedsQuotes(c)) {
      return std::nullopt;
    } else {
      name += c;
    }
  }
  return std::nullopt;
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), NeedsQuotes);
}

}  // namespace ameide::task
