// Joining and splitting text: StrCat("a", 1, view), StrAppend, StrJoin, StrSplit.
//
// Use these instead of absl::StrCat and friends: Debian builds Abseil with a string_view of its own
// that takes no std::string_view, and its libfmt has no static archive to ship.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ameide {
namespace strings_internal {

// One argument of StrCat as text: anything string-like, any integer, a char as itself.
class Piece {
 public:
  Piece(std::string_view text) : text_(text) {}     // NOLINT: implicit, like a format argument
  Piece(const char* text) : text_(text) {}          // NOLINT
  Piece(const std::string& text) : text_(text) {}   // NOLINT
  Piece(char c) : number_(1, c), text_(number_) {}  // NOLINT
  template <std::integral T>
  // NOLINTNEXTLINE(google-explicit-constructor)
  requires(!std::same_as<T, char> && !std::same_as<T, bool>) Piece(T number)
      : number_(std::to_string(number)), text_(number_) {}
  Piece(bool) = delete;  // NOLINT: "true" or "1"? Say which.
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  std::string_view text() const { return text_; }

 private:
  std::string number_;
  std::string_view text_;
};

void AppendPieces(std::string* out, std::initializer_list<std::string_view> pieces);

}  // namespace strings_internal

inline std::string StrCatViews(std::initializer_list<std::string_view> pieces) {
  std::string out;
  strings_internal::AppendPieces(&out, pieces);
  return out;
}

template <class... Args>
std::string StrCat(const Args&... args) {
  return StrCatViews({strings_internal::Piece(args).text()...});
}

template <class... Args>
void StrAppend(std::string* out, const Args&... args) {
  strings_internal::AppendPieces(out, {strings_internal::Piece(args).text()...});
}

// Any range of things that read as text.
template <class Range>
std::string StrJoin(const Range& items, std::string_view separator) {
  std::string out;
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += separator;
    first = false;
    out += std::string_view(item);
  }
  return out;
}

// "a,,b" → {"a", "", "b"}; "" → {""}. The pieces point into `text`.
std::vector<std::string_view> StrSplit(std::string_view text, char separator);

std::string_view StripWhitespace(std::string_view text);
std::string AsciiLower(std::string_view text);
// Every `from` becomes `to`; `from` must not be empty.
std::string StrReplaceAll(std::string_view text, std::string_view from, std::string_view to);

}  // namespace ameide
