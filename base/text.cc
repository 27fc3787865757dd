#include "base/text.h"

#include <algorithm>
#include <cstdint>

namespace ameide {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the well-formed sequence at the start of `s` (Unicode table 3-7), or 0.
size_t SequenceLength(std::string_view s) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(s[i]); };
  const auto within = [&](size_t i, uint8_t low, uint8_t high) {
    return i < s.size() && byte(i) >= low && byte(i) <= high;
  };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
    const uint8_t high = lead == 0xED ? 0x9F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

bool IsBetween(char c, char low, char high) { return c >= low && c <= high; }

// Length of the terminal escape sequence (ECMA-48) at the start of `s`, which begins with ESC. A
// byte that fits no sequence ends it and stays, so nothing unfinished can swallow real text.
size_t EscapeLength(std::string_view s) {
  if (s.size() < 2) return 1;
  const char kind = s[1];
  size_t i = 2;
  if (kind == '[') {  // CSI: parameters and intermediates, then one final byte
    while (i < s.size() && IsBetween(s[i], 0x20, 0x3F)) ++i;
    return i < s.size() && IsBetween(s[i], 0x40, 0x7E) ? i + 1 : i;
  }
  if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') {  // OSC, DCS, …
    while (i < s.size() && s[i] != '\a' && s[i] != '\x1b' && s[i] != '\n') ++i;
    if (i < s.size() && s[i] == '\a') return i + 1;
    return i + 1 < s.size() && s[i] == '\x1b' && s[i + 1] == '\\' ? i + 2 : i;
  }
  i = 1;
  while (i < s.size() && IsBetween(s[i], 0x20, 0x2F)) ++i;  // as in ESC ( B, which selects ASCII
  return i < s.size() && IsBetween(s[i], 0x30, 0x7E) ? i + 1 : i;
}

}  // namespace

bool IsValidUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t length = SequenceLength(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string ToValidUtf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t length = SequenceLength(bytes);
    out += length == 0 ? kReplacement : bytes.substr(0, length);
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

std::string ToPrintable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto c = static_cast<uint8_t>(bytes.front());
    if (c == 0x1b) {
      bytes.remove_prefix(EscapeLength(bytes));
      continue;
    }
    if (c == '\r') {
      if (bytes.size() < 2 || bytes[1] != '\n') out += '\n';
      bytes.remove_prefix(1);
      continue;
    }
    const size_t length = SequenceLength(bytes);
    const bool c1 = length == 2 && c == 0xC2 && static_cast<uint8_t>(bytes[1]) < 0xA0;
    const bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c1;
    if (!control) out += length == 0 ? kReplacement : bytes.substr(0, length);
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

std::string ToOneLine(std::string_view bytes) {
  std::string out = ToPrintable(bytes);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return out;
}

std::string_view Tail(std::string_view text, size_t lines, size_t bytes) {
  size_t start = text.size() > bytes ? text.size() - bytes : 0;
  size_t at = text.size();
  if (at > start && text[at - 1] == '\n') --at;
  for (size_t seen = 0; at > start; --at) {
    if (text[at - 1] == '\n' && ++seen == lines) return text.substr(at);
  }
  if (start > 0) {
    const size_t newline = text.find('\n', start);
    if (newline != std::string_view::npos && newline + 1 < text.size()) start = newline + 1;
  }
  return text.substr(start);
}

std::string Truncate(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  size_t end = bytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string Quote(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string ShellQuote(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string out = "'";
  for (const char c : word) c == '\'' ? out += "'\\''" : out += c;
  return out + "'";
}

}  // namespace ameide
