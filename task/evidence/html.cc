#include "task/evidence/html.h"

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task::report {
namespace {

std::string_view EntityOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

// The name of the bidirectional control at the start of valid UTF-8 that begins with E2, or
// nothing. They are U+202A to U+202E (E2 80 AA..AE) and U+2066 to U+2069 (E2 81 A6..A9).
std::string BidiName(std::string_view s) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  if (s.size() < 3) return {};
  const auto last = static_cast<unsigned char>(s[2]);
  if (s[1] == '\x80' && last >= 0xAA && last <= 0xAE) return StrCat("[U+202", kHex[last & 15], "]");
  if (s[1] == '\x81' && last >= 0xA6 && last <= 0xA9) return StrCat("[U+206", kHex[last & 15], "]");
  return {};
}

}  // namespace

std::string Escape(std::string_view bytes) {
  const std::string printable = ToPrintable(bytes);
  std::string out;
  out.reserve(printable.size());
  for (size_t i = 0; i < printable.size(); ++i) {
    if (const std::string_view entity = EntityOf(printable[i]); !entity.empty()) {
      out += entity;
    } else if (const std::string bidi = printable[i] == '\xE2'
                                            ? BidiName(std::string_view(printable).substr(i))
                                            : std::string();
               !bidi.empty()) {
      out += bidi;
      i += 2;
    } else {
      out += printable[i];
    }
  }
  return out;
}

Html& Html::operator<<(const Text& text) {
  out_ += Escape(Truncate(text.bytes, text.max_bytes));
  return *this;
}

}  // namespace ameide::task::report
