// Text as HCL writes it (HCL native syntax specification, "Template Expressions"). Pure.
#pragma once

#include <string>
#include <string_view>

namespace ameide::hcl {

// True for what HCL takes as a bare name: [A-Za-z_][A-Za-z0-9_-]*.
bool IsIdentifier(std::string_view text);

// The inside of a quoted string: quotes, backslashes and control characters escaped, `${` and `%{`
// doubled. Characters that no reviewer can see (bidirectional controls, zero-width ones) are
// written as escapes. Bytes that are no UTF-8 become U+FFFD. With `before_interpolation` a final
// `$` or `%` is written as an escape, too: it would merge with the sequence that follows.
std::string EscapeQuoted(std::string_view text, bool before_interpolation = false);

// Quoted object keys, in ASCII alone: `terraform fmt` counts grapheme clusters to align what stands
// behind a key, and we do not.
std::string EscapeKey(std::string_view text);

// One line of a heredoc, which knows no backslash: false when the line holds something that only
// a quoted string can spell (control characters, a backspace, invisible characters).
bool EscapeHeredocLine(std::string_view text, bool before_interpolation, std::string* out);

}  // namespace ameide::hcl
