#include "generator/load.h"

#include <algorithm>
#include <map>

#include "base/strings.h"
#include "generator/parallel.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/lint_ids.h"

namespace ameide::generator {
namespace {

constexpr std::string_view kNamespace = "/cluster/namespace";
constexpr std::string_view kHumanNamespace = "/modes/human/namespace";

// In a profile that could be read.
task::Problem At(const LoadedProfile& loaded, std::string_view pointer, task::Flaw flaw) {
  return {std::string(pointer), std::move(flaw.message),
          task::PositionOf(*loaded.document, pointer), flaw.rule};
}

// A profile's human mode makes a second template and a second namespace, which may be no other
// profile's.
void CheckHuman(const LoadedProfile& loaded, const std::vector<LoadedProfile>& all,
                const std::map<std::string, std::string>& namespaces, task::Problems* problems) {
  const task::Profile& profile = *loaded.read.value;
  if (!profile.human) return;
  const auto taken = namespaces.find(profile.human->namespace_name);
  if (taken != namespaces.end()) {
    problems->push_back(
        At(loaded, kHumanNamespace,
           {StrCat("is the namespace of tasks of ", taken->second, "; people get one of their own"),
            task::lint::kNamespaceShared}));
  }
  const std::string name = StrCat(profile.contract.name, "-human");
  for (const LoadedProfile& other : all) {
    if (!other.read.ok() || other.read.value->contract.name != name) continue;
    problems->push_back(
        At(loaded, "/modes/human",
           {StrCat("makes the template ", name, ", which is a profile, too; rename that profile"),
            task::lint::kValueRefused}));
  }
}

}  // namespace

Result<ProfileSource> ReadProfileSource(const fs::path& file) {
  AMEIDE_ASSIGN_OR_RETURN(std::string yaml, ReadFile(file, task::kMaxYamlBytes + 1));
  return ProfileSource{file.stem().string(), file.generic_string(), std::move(yaml)};
}

Result<std::vector<ProfileSource>> ProfileSources(const fs::path& folder) {
  std::vector<ProfileSource> sources;
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
    AMEIDE_ASSIGN_OR_RETURN(ProfileSource source, ReadProfileSource(path));
    sources.push_back(std::move(source));
  }
  return sources;
}

LoadedProfile ReadProfile(ProfileSource source) {
  task::Checked<task::YamlDocument> yaml = task::YamlToJson(source.yaml, source.file);
  if (!yaml.ok()) return {std::move(source), {std::nullopt, std::move(yaml.problems)}, {}};
  task::Checked<task::Profile> read = task::ProfileFromDocument(*yaml.value);
  return {std::move(source), std::move(read), std::move(yaml.value)};
}

std::vector<LoadedProfile> ReadProfiles(std::vector<ProfileSource> sources) {
  std::vector<LoadedProfile> all(sources.size());
  ForEachIndex(all.size(), [&](size_t i) { all[i] = ReadProfile(std::move(sources[i])); });
  return all;
}

std::string ProblemsText(const task::Problems& problems) {
  std::string out;
  for (const task::Problem& problem : problems) {
    StrAppend(&out, problem.position, ": ", problem.pointer, problem.pointer.empty() ? "" : ": ",
              problem.message, "\n");
  }
  return out;
}

task::Problems ProblemsBetween(const std::vector<LoadedProfile>& profiles) {
  task::Problems problems;
  std::map<std::string, std::string> namespaces;  // → the file that has it
  for (const LoadedProfile& loaded : profiles) {
    if (!loaded.read.ok()) continue;
    const task::Profile& profile = *loaded.read.value;
    if (profile.contract.name != loaded.source.stem) {
      problems.push_back(At(loaded, "/identity/name",
                            {StrCat("is '", profile.contract.name, "'; name the file ",
                                    profile.contract.name, ".yaml"),
                             task::lint::kFileName}));
    }
    const auto [other, fresh] =
        namespaces.emplace(profile.deployment.namespace_name, loaded.source.file);
    if (!fresh) {
      problems.push_back(
          At(loaded, kNamespace,
             {StrCat("is the namespace of ", other->second, ", too; give each profile its own"),
              task::lint::kNamespaceShared}));
    }
  }
  for (const LoadedProfile& loaded : profiles) {
    if (loaded.read.ok()) CheckHuman(loaded, profiles, namespaces, &problems);
  }
  return problems;
}

Result<Loaded> LoadProfiles(const fs::path& folder) {
  AMEIDE_ASSIGN_OR_RETURN(std::vector<ProfileSource> sources, ProfileSources(folder));
  std::vector<LoadedProfile> all = ReadProfiles(std::move(sources));
  Loaded loaded;
  for (const LoadedProfile& one : all) {
    loaded.problems.insert(loaded.problems.end(), one.read.problems.begin(),
                           one.read.problems.end());
  }
  for (task::Problem& problem : ProblemsBetween(all)) loaded.problems.push_back(std::move(problem));
  if (!loaded.problems.empty()) return loaded;
  for (LoadedProfile& one : all) loaded.profiles.push_back(std::move(*one.read.value));
  return loaded;
}

}  // namespace ameide::generator
