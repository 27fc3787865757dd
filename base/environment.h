// The process environment as a value; only main programs read it.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace ameide {

using Environment = std::map<std::string, std::string>;

Environment ProcessEnvironment();

// Empties this process's own environment and wipes its memory, so that /proc/<pid>/environ shows
// nothing any more, not even to root. Call it while there is one thread.
void ForgetProcessEnvironment();

// The value, or nothing.
std::string Get(const Environment& environment, std::string_view name);

}  // namespace ameide
