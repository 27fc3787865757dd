#include "generator/hcl/escape.h"

#include <algorithm>
#include <cstdint>

#include "base/ascii.h"
#include "base/text.h"

namespace ameide::hcl {
namespace {

// The code point at `at` of valid UTF-8, and how many bytes it takes.
uint32_t Decode(std::string_view text, size_t at, size_t* length) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t first = byte(at);
  if (first < 0x80) {
    *length = 1;
    return first;
  }
  *length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  uint32_t code = first & (0xFFu >> (*length + 1));
  for (size_t i = 1; i < *length; ++i) code = (code << 6) | (byte(at + i) & 0x3F);
  return code;
}

bool IsInvisible(uint32_t code) {
  return (code >= 0x7F && code <= 0x9F) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

void AppendUnicodeEscape(uint32_t code, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  const int digits = code > 0xFFFF ? 8 : 4;
  *out += digits == 8 ? "\\U" : "\\u";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) *out += kDigits[(code >> shift) & 0xF];
}

bool OpensTemplate(std::string_view text, size_t at) {
  return (text[at] == '$' || text[at] == '%') && at + 1 < text.size() && text[at + 1] == '{';
}

bool MergesWithNext(std::string_view text, size_t at) {
  return (text[at] == '$' || text[at] == '%') && at + 1 == text.size();
}

// Printable ASCII that means nothing to a template: most of what is printed.
bool IsPlain(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '$' && c != '%';
  });
}

std::string Escape(std::string_view bytes, bool before_interpolation, bool ascii) {
  if (IsPlain(bytes)) return std::string(bytes);
  const std::string text = ToValidUtf8(bytes);
  std::string out;
  size_t length = 0;
  for (size_t i = 0; i < text.size(); i += length) {
    const uint32_t code = Decode(text, i, &length);
    if (code == '"' || code == '\\') {
      out += {'\\', text[i]};
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\r') {
      out += "\\r";
    } else if (code == '\t') {
      out += "\\t";
    } else if (code < 0x20 || IsInvisible(code) || (ascii && code > 0x7E) ||
               (before_interpolation && MergesWithNext(text, i))) {
      AppendUnicodeEscape(code, &out);
    } else {
      if (OpensTemplate(text, i)) out += text[i];
      out.append(text, i, length);
    }
  }
  return out;
}

}  // namespace

bool IsIdentifier(std::string_view text) {
  if (text.empty() || (!IsAsciiLetter(text[0]) && text[0] != '_')) return false;
  for (const char c : text) {
    if (!IsAsciiLetter(c) && !IsAsciiDigit(c) && c != '_' && c != '-') return false;
  }
  return true;
}

std::string EscapeQuoted(std::string_view text, bool before_interpolation) {
  return Escape(text, before_interpolation, /*ascii=*/false);
}

std::string EscapeKey(std::string_view text) { return Escape(text, false, /*ascii=*/true); }

bool EscapeHeredocLine(std::string_view text, bool before_interpolation, std::string* out) {
  if (!IsValidUtf8(text)) return false;
  size_t length = 0;
  for (size_t i = 0; i < text.size(); i += length) {
    const uint32_t code = Decode(text, i, &length);
    if (code < 0x20 || IsInvisible(code)) return false;
    if (before_interpolation && MergesWithNext(text, i)) {
      *out += {'$', '{', '"', text[i], '"', '}'};
      continue;
    }
    if (OpensTemplate(text, i)) *out += text[i];
    out->append(text, i, length);
  }
  return true;
}

}  // namespace ameide::hcl
