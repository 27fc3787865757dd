// Ready-made checks for schema attributes. All skip what is unknown or null inside a collection:
// what is not known yet is never wrong (rule C-2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "provider/framework/schema.h"

namespace ameide::framework {

Check OneOf(std::vector<std::string> allowed);  // strings
// Strings in Go's duration form; the bounds are inclusive and written in the same form. A bound
// that does not parse throws std::logic_error when the schema is built.
Check DurationBetween(std::string_view min, std::string_view max);
Check NotEmpty();  // strings, lists, sets, maps; a string of blanks is empty
// The whole string must match. A pattern that does not compile throws std::logic_error.
// `message` completes "The value …", for example "must be a Git ref".
Check MatchesRe2(std::string_view pattern, std::string message);
Check IntBetween(int64_t min, int64_t max);   // inclusive; whole numbers only
Check LengthBetween(size_t min, size_t max);  // bytes of a string, elements of a collection
Check EachElement(Check check);               // of a list, set or map
Check EachKey(Check check);                   // of a map, as strings
Check EnvironmentName();                      // POSIX: letters, digits, underscore, no digit first

// What a check says, less the value that it quotes: for attributes whose values nobody may see.
std::string WithoutValue(std::string_view detail);

}  // namespace ameide::framework
