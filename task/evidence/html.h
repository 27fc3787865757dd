// HTML text that cannot be injected into: markup is only what the compiler saw as a constant, and
// everything else goes through Text, which makes it printable and escapes it. Pure.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace ameide::task::report {

// Markup is a compile-time constant, so no run-time string can become a tag by mistake.
class Markup {
 public:
  consteval Markup(const char* literal) : text_(literal) {}       // NOLINT: implicit
  consteval Markup(std::string_view literal) : text_(literal) {}  // NOLINT
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// Any bytes, at most `max_bytes` of them. Good inside elements and quoted attributes.
struct Text {
  explicit Text(std::string_view any_bytes, size_t max = 4000) : bytes(any_bytes), max_bytes(max) {}
  std::string_view bytes;
  size_t max_bytes;
};

class Html {
 public:
  Html& operator<<(Markup markup) {
    out_ += markup.text();
    return *this;
  }
  Html& operator<<(const Text& text);
  Html& operator<<(const Html& part) {
    out_ += part.out_;
    return *this;
  }
  template <std::integral T>
  requires(!std::same_as<T, char> && !std::same_as<T, bool>) Html& operator<<(T number) {
    out_ += std::to_string(number);
    return *this;
  }
  std::string Take() && { return std::move(out_); }

 private:
  std::string out_;
};

// `bytes` made printable and escaped. Characters that reorder text (Unicode's bidirectional
// controls) are spelled out: otherwise a diff could show something else than it does.
std::string Escape(std::string_view bytes);

}  // namespace ameide::task::report
