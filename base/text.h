// Making foreign bytes fit for people and for protobuf strings. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ameide {

bool IsValidUtf8(std::string_view bytes);

// Each byte that belongs to no well-formed UTF-8 sequence becomes U+FFFD. One bad byte in a
// protobuf string makes Terraform throw away a whole apply answer.
std::string ToValidUtf8(std::string_view bytes);

// For anything that reaches a terminal or a log: valid UTF-8, terminal escape sequences and control
// characters (C0 but newline and tab, DEL, C1) removed, "\r\n" and "\r" turned into newlines.
std::string ToPrintable(std::string_view bytes);

// The same for names and paths: newlines and tabs become spaces.
std::string ToOneLine(std::string_view bytes);

// The last `lines` lines, at most `bytes` bytes of them, cut at a line start where possible.
std::string_view Tail(std::string_view text, size_t lines, size_t bytes);

// At most `bytes` bytes, cut at a UTF-8 boundary, with "…" where something was cut off.
std::string Truncate(std::string_view text, size_t bytes);

// "a\"b\n" on one line, for messages: quotes, backslashes and control characters are escaped, the
// rest stays, so distinct texts stay distinct.
std::string Quote(std::string_view text);

// 'it''s' in the POSIX shell's single quotes, for commands shown to people.
std::string ShellQuote(std::string_view word);

}  // namespace ameide
