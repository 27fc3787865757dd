// Text as part of another language than its own. See also Quote and ShellQuote in base/text.h.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ameide {

// Each byte but ASCII letters, digits and those of `kept` becomes %XX (RFC 3986, section 2.1).
std::string PercentEncode(std::string_view text, std::string_view kept = "-._~");

// The words of a command as one line for the POSIX shell.
std::string ShellCommand(const std::vector<std::string>& words);

}  // namespace ameide
