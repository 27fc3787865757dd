#include "generator/commands/selection.h"

#include <algorithm>

#include "base/strings.h"
#include "generator/lint/profile_lint.h"
#include "generator/parallel.h"

namespace ameide::generator {

Option ProfilesOption() {
  return {"--profiles", "DIR", "Folder of *.yaml; default: the built-in profiles"};
}

Option NamesOperand() {
  return {.name = "profile",
          .value = "PROFILE",
          .help = "Profiles by name; default: all",
          .many = true};
}

Option OutOption() {
  return {
      .name = "--out", .value = "DIR", .help = "Folder of the templates", .fallback = "templates"};
}

Option JsonOption() { return {"--json", "", "Print JSON"}; }

std::variant<Profiles, Outcome> SelectedProfiles(const Arguments& arguments) {
  Result<Loaded> loaded = LoadProfiles(arguments.Text("--profiles"));
  if (!loaded.ok()) return Failed(loaded.error());
  if (!loaded->problems.empty()) {
    Outcome outcome{kExitProblems, "", ProblemsText(loaded->problems)};
    if (arguments.Has("--json")) {
      outcome.out = FindingsJson(FindingsOf(loaded->problems)).DumpPretty();
    }
    return outcome;
  }
  const std::vector<std::string> names = arguments.Texts("profile");
  if (names.empty()) return std::move(loaded->profiles);
  Profiles chosen;
  std::vector<std::string> known;
  for (task::Profile& profile : loaded->profiles) {
    known.push_back(profile.contract.name);
    if (std::find(names.begin(), names.end(), known.back()) != names.end()) {
      chosen.push_back(std::move(profile));
    }
  }
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return WrongUsage(StrCat("there is no profile '", name, "'; known are ", StrJoin(known, ", ")));
  }
  return chosen;
}

std::map<std::string, FileSet> Templates(const Profiles& profiles) {
  std::vector<std::map<std::string, FileSet>> rendered(profiles.size());
  ForEachIndex(profiles.size(), [&](size_t i) { rendered[i] = RenderTemplates(profiles[i]); });
  std::map<std::string, FileSet> templates;
  for (auto& some : rendered) templates.merge(some);
  return templates;
}

}  // namespace ameide::generator
