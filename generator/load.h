// Profiles from a folder, or the built-in ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/contract/profile.h"
#include "task/contract/yaml_json.h"

namespace ameide::generator {

struct ProfileSource {
  std::string stem;  // the file's name without its ending
  std::string file;  // for positions in problems
  std::string yaml;
};

struct LoadedProfile {
  ProfileSource source;
  task::Checked<task::Profile> read;
  std::optional<task::YamlDocument> document;  // absent when not even the YAML could be read
};

struct Loaded {
  std::vector<task::Profile> profiles;  // sorted by name; empty when anything is wrong
  task::Problems problems;
};

// One per line: "file:line:column: /pointer: message".
std::string ProblemsText(const task::Problems& problems);

// Every *.yaml of `folder`, sorted; the built-in profiles when it is empty.
Result<std::vector<ProfileSource>> ProfileSources(const fs::path& folder);
Result<ProfileSource> ReadProfileSource(const fs::path& file);

LoadedProfile ReadProfile(ProfileSource source);
std::vector<LoadedProfile> ReadProfiles(std::vector<ProfileSource> sources);

// What is wrong between files that are fine by themselves: each is named after its profile, and no
// two share a namespace, since whoever may make pods in one can mount every Secret there.
task::Problems ProblemsBetween(const std::vector<LoadedProfile>& profiles);

// All of the above.
Result<Loaded> LoadProfiles(const fs::path& folder);

}  // namespace ameide::generator
