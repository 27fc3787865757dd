// Names as Git prints them: ids of objects, and paths in C style (quote.c, git-config(1)
// "core.quotePath"): a path with a quote, backslash or control character stands in double quotes
// with escapes; bytes from 0x80 on may be escaped, too. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ameide::task {

// A full object id: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
bool IsObjectId(std::string_view text);

// Takes one quoted name from the front of `*text`; nothing when that is none.
std::optional<std::string> TakeQuotedName(std::string_view* text);

// True when Git prints the name without quotes.
bool IsPlainName(std::string_view name);

}  // namespace ameide::task
