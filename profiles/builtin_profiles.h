// The profiles of this folder, compiled in: a program needs no file beside it.
#pragma once

#include <string_view>
#include <vector>

namespace ameide {

struct BuiltinProfile {
  std::string_view name;  // "code"
  std::string_view file;  // "profiles/code.yaml", for positions in messages
  std::string_view yaml;
};

std::vector<BuiltinProfile> BuiltinProfiles();  // sorted by name

}  // namespace ameide
