// Profiles from a folder, or the built-in ones.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/contract/profile.h"

namespace ameide::generator {

struct Loaded {
  std::vector<task::Profile> profiles;  // sorted by name; empty when anything is wrong
  std::string problems;                 // one per line: "file:line:column: /pointer: message"
};

// Reads every *.yaml of `folder`; the built-in profiles when it is empty. Between files it checks
// that each is named after its profile and that no two share a namespace: whoever may make pods in
// one can mount every Secret there.
Result<Loaded> LoadProfiles(const fs::path& folder);

}  // namespace ameide::generator
