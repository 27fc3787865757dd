// What can be told about path patterns (task/contract/guardrails.h) without a path. Pure.
#pragma once

#include <string_view>

namespace ameide::generator {

inline bool HasWildcard(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos || pattern.ends_with('/');
}

// True when `wide` surely matches all that `narrow` does: it is the same, everything, or a folder
// around it. False also where only a closer look could tell.
inline bool PatternCovers(std::string_view wide, std::string_view narrow) {
  if (wide == narrow || wide == "**") return true;
  if (!wide.ends_with("/**")) return false;
  const std::string_view folder = wide.substr(0, wide.size() - 3);
  const bool below = narrow.starts_with(folder) && narrow.substr(folder.size()).starts_with('/');
  return !HasWildcard(folder) && (narrow == folder || below);
}

}  // namespace ameide::generator
