#include "task/evidence/secret_forms.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "base/ascii.h"
#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr size_t kLongWord = 16;  // of a value with several lines; base64 lines have 64 or 76
constexpr char kLowerHex[] = "0123456789abcdef";
constexpr char kUpperHex[] = "0123456789ABCDEF";

// `kept`: what stays as it is besides letters and digits. "+" for a space is the form encoding.
std::string PercentEncoded(std::string_view value, std::string_view kept, const char* digits,
                           bool plus_for_space) {
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsAsciiAlnum(c) || kept.find(c) != std::string_view::npos) {
      out += c;
    } else if (c == ' ' && plus_for_space) {
      out += '+';
    } else {
      StrAppend(&out, '%', digits[byte >> 4], digits[byte & 15]);
    }
  }
  return out;
}

std::string UnicodeEscape(uint32_t unit) {
  std::string out = "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kLowerHex[unit >> shift & 15];
  return out;
}

// One code point from well-formed UTF-8; false where there is none.
bool Decode(std::string_view* text, uint32_t* point) {
  const auto lead = static_cast<unsigned char>(text->front());
  const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text->size() < length || (lead >= 0x80 && lead < 0xC2) || lead > 0xF4) return false;
  *point = length == 1 ? lead : lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>((*text)[i]);
    if ((byte & 0xC0) != 0x80) return false;
    *point = *point << 6 | (byte & 0x3Fu);
  }
  text->remove_prefix(length);
  return true;
}

// How writers differ: PHP escapes the slash, Go (for HTML) <, > and &, Python all beyond ASCII.
struct JsonStyle {
  bool slash = false;
  bool html = false;
  bool ascii = false;
};

std::string JsonByte(char c, const JsonStyle& style) {
  static constexpr std::string_view kNamed = "\b\f\n\r\t\"\\";
  static constexpr std::string_view kNames = "bfnrt\"\\";
  if (const size_t at = kNamed.find(c); at != std::string_view::npos)
    return StrCat('\\', kNames[at]);
  if (style.slash && c == '/') return "\\/";
  const bool html = style.html && (c == '<' || c == '>' || c == '&');
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || html ? UnicodeEscape(byte) : std::string(1, c);
}

std::string JsonEscaped(std::string_view value, const JsonStyle& style) {
  std::string out;
  while (!value.empty()) {
    uint32_t point = 0;
    std::string_view rest = value;
    if (!style.ascii || !Decode(&rest, &point) || point < 0x80) {
      out += JsonByte(value.front(), style);
      value.remove_prefix(1);
      continue;
    }
    value = rest;
    if (point >= 0x10000) {
      out += UnicodeEscape(0xD800 + ((point - 0x10000) >> 10));
      point = 0xDC00 + ((point - 0x10000) & 0x3FF);
    }
    out += UnicodeEscape(point);
  }
  return out;
}

// RFC 4648. With `before` bytes in front of it, the value starts in the middle of a group of three.
std::string Base64Core(std::string_view value, size_t before, bool url_safe) {
  const std::string bytes = StrCat(std::string(before, '\0'), value);
  const std::string text = url_safe ? absl::WebSafeBase64Escape(bytes) : absl::Base64Escape(bytes);
  const size_t first = (before * 8 + 5) / 6;
  return text.substr(first, bytes.size() * 8 / 6 - first);
}

void AddForms(std::string_view value, SecretForms* forms) {
  forms->plain.emplace_back(value);
  for (const std::string_view kept : {"-._~", "-._~!'()*", "-._*"}) {
    for (const char* digits : {kUpperHex, kLowerHex}) {
      for (const bool plus : {false, true}) {
        forms->plain.push_back(PercentEncoded(value, kept, digits, plus));
      }
    }
  }
  for (const JsonStyle style : {JsonStyle{}, JsonStyle{true, false, true}, JsonStyle{true},
                                JsonStyle{false, true}, JsonStyle{false, false, true}}) {
    forms->plain.push_back(JsonEscaped(value, style));
  }
  for (const size_t before : {0, 1, 2}) {
    for (const bool url_safe : {false, true}) {
      forms->base64.push_back(Base64Core(value, before, url_safe));
    }
  }
}

void SortUnique(std::vector<std::string>* texts) {
  std::sort(texts->begin(), texts->end());
  texts->erase(std::unique(texts->begin(), texts->end()), texts->end());
}

}  // namespace

SecretForms FormsOf(std::string_view value) {
  SecretForms forms;
  value = StripWhitespace(value);
  AddForms(value, &forms);
  if (value.find('\n') != std::string_view::npos) {
    for (const std::string_view line : StrSplit(value, '\n')) {
      for (const std::string_view word : StrSplit(StripWhitespace(line), ' ')) {
        if (word.size() >= kLongWord) AddForms(word, &forms);
      }
    }
  }
  SortUnique(&forms.plain);
  SortUnique(&forms.base64);
  return forms;
}

}  // namespace ameide::task
