// Unified diffs, as `diff -u` prints them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ameide::generator {

// Empty when both are equal. Three lines of context.
std::string UnifiedDiff(std::string_view old_name, std::string_view new_name,
                        std::string_view before, std::string_view after);

}  // namespace ameide::generator
