#include "generator/load.h"

#include <algorithm>
#include <map>

#include "base/strings.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/yaml_json.h"

namespace ameide::generator {
namespace {

struct Source {
  std::string stem;  // the file's name without its ending
  std::string file;
  std::string yaml;
};

Result<std::vector<Source>> Sources(const fs::path& folder) {
  std::vector<Source> sources;
  if (folder.empty()) {
    for (const BuiltinProfile& builtin : BuiltinProfiles()) {
      sources.push_back(
          {std::string(builtin.name), std::string(builtin.file), std::string(builtin.yaml)});
    }
    return sources;
  }
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".yaml") paths.push_back(at->path());
  }
  if (error) return ErrnoError(error.value(), "list profiles in", folder.string());
  if (paths.empty()) {
    return Error{ErrorKind::kNotFound, "list profiles in", folder.string(), "there is no *.yaml",
                 "name the folder that holds the profiles"};
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    AMEIDE_ASSIGN_OR_RETURN(std::string yaml, ReadFile(path, task::kMaxYamlBytes + 1));
    sources.push_back({path.stem().string(), path.generic_string(), std::move(yaml)});
  }
  return sources;
}

void AddLine(const task::Problem& problem, std::string* out) {
  StrAppend(out, problem.position, ": ", problem.pointer, problem.pointer.empty() ? "" : ": ",
            problem.message, "\n");
}

}  // namespace

Result<Loaded> LoadProfiles(const fs::path& folder) {
  AMEIDE_ASSIGN_OR_RETURN(const std::vector<Source> sources, Sources(folder));
  Loaded loaded;
  std::map<std::string, std::string> namespaces;  // → the file that has it
  for (const Source& source : sources) {
    const auto profile = task::ProfileFromYaml(source.yaml, source.file);
    for (const task::Problem& problem : profile.problems) AddLine(problem, &loaded.problems);
    if (!profile.ok()) continue;
    const std::string start = StrCat(source.file, ":1:1");
    if (profile.value->contract.name != source.stem) {
      AddLine({"/identity/name",
               StrCat("is '", profile.value->contract.name, "'; name the file ",
                      profile.value->contract.name, ".yaml"),
               start},
              &loaded.problems);
    }
    const auto [other, fresh] =
        namespaces.emplace(profile.value->deployment.namespace_name, source.file);
    if (!fresh) {
      AddLine({"/cluster/namespace",
               StrCat("is the namespace of ", other->second, ", too; give each profile its own"),
               start},
              &loaded.problems);
    }
    loaded.profiles.push_back(*profile.value);
  }
  if (!loaded.problems.empty()) loaded.profiles.clear();
  return loaded;
}

}  // namespace ameide::generator
