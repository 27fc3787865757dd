// The process environment as a value; only main programs read it.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace ameide {

using Environment = std::map<std::string, std::string>;

Environment ProcessEnvironment();

// The value, or nothing.
std::string Get(const Environment& environment, std::string_view name);

}  // namespace ameide
