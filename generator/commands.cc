#include "generator/commands.h"

#include <algorithm>
#include <functional>

#include "base/json.h"
#include "base/strings.h"
#include "generator/load.h"
#include "generator/output.h"

namespace ameide::generator {
namespace {

using Profiles = std::vector<task::Profile>;

Outcome Failed(const Error& error) {
  return {kExitProblems, "", StrCat("ameide-templates: ", error.ToString(), "\n")};
}

Outcome Printed(int exit_code, const Json& json) { return {exit_code, json.DumpPretty(), ""}; }

std::string_view BuilderName(const task::Profile& profile) {
  return profile.deployment.builder == task::Deployment::Builder::kEnvbuilder ? "envbuilder"
                                                                              : "image";
}

Outcome List(const Invocation& invocation, const Profiles& profiles) {
  Outcome outcome;
  Json::Array items;
  size_t width = 0;
  for (const task::Profile& profile : profiles) {
    width = std::max(width, profile.contract.name.size());
  }
  for (const task::Profile& profile : profiles) {
    const std::string& name = profile.contract.name;
    items.push_back(Json::Object{{"name", name},
                                 {"display_name", profile.display_name},
                                 {"description", profile.description},
                                 {"risk_tier", profile.risk_tier},
                                 {"builder", BuilderName(profile)},
                                 {"pull_requests", profile.contract.pull_requests},
                                 {"max_ttl", FormatDuration(profile.contract.max_ttl)}});
    StrAppend(&outcome.out, name, std::string(width - name.size() + 2, ' '), profile.description,
              "\n");
  }
  if (invocation.json) return Printed(kExitOk, Json::Object{{"profiles", std::move(items)}});
  return outcome;
}

Outcome RenderAll(const Invocation& invocation, const Profiles& profiles) {
  Outcome outcome;
  Json::Array items;
  for (const task::Profile& profile : profiles) {
    const fs::path folder = invocation.out / profile.contract.name;
    const Result<Written> written = WriteFolder(folder, Render(profile));
    if (!written.ok()) {
      // What was rendered before stays; say so together with the error.
      const Outcome failed = Failed(written.error());
      return {failed.exit_code, outcome.out, failed.err};
    }
    items.push_back(Json::Object{{"profile", profile.contract.name},
                                 {"folder", folder.generic_string()},
                                 {"written", Json::Strings(written->written)},
                                 {"removed", Json::Strings(written->removed)}});
    if (invocation.json) continue;
    for (const std::string& path : written->written) {
      StrAppend(&outcome.out, "wrote ", (folder / path).generic_string(), "\n");
    }
    for (const std::string& path : written->removed) {
      StrAppend(&outcome.out, "removed ", (folder / path).generic_string(), "\n");
    }
  }
  if (invocation.json) return Printed(kExitOk, Json::Object{{"templates", std::move(items)}});
  return outcome;
}

Outcome Check(const Invocation& invocation, const Profiles& profiles) {
  Outcome outcome;
  Json::Array items;
  for (const task::Profile& profile : profiles) {
    const Result<std::string> diff =
        DiffFolder(invocation.out / profile.contract.name, Render(profile));
    if (!diff.ok()) return Failed(diff.error());
    if (!diff->empty()) outcome.exit_code = kExitDrift;
    outcome.out += *diff;
    items.push_back(Json::Object{{"profile", profile.contract.name}, {"diff", *diff}});
  }
  if (invocation.json) {
    return Printed(outcome.exit_code, Json::Object{{"templates", std::move(items)}});
  }
  return outcome;
}

// The profiles that were asked for, or the names that do not exist.
Outcome Select(const std::vector<std::string>& names, Profiles* profiles) {
  if (names.empty()) return {};
  Profiles chosen;
  std::vector<std::string> known;
  for (const task::Profile& profile : *profiles) {
    known.push_back(profile.contract.name);
    if (std::find(names.begin(), names.end(), known.back()) != names.end()) {
      chosen.push_back(profile);
    }
  }
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return {kExitUsage, "",
            StrCat("ameide-templates: there is no profile '", name, "'; known are ",
                   StrJoin(known, ", "), "\n")};
  }
  *profiles = std::move(chosen);
  return {};
}

}  // namespace

Outcome Execute(const Invocation& invocation) {
  Result<Loaded> loaded = LoadProfiles(invocation.profiles);
  if (!loaded.ok()) return Failed(loaded.error());
  if (!loaded->problems.empty()) return {kExitProblems, "", loaded->problems};
  Outcome selected = Select(invocation.names, &loaded->profiles);
  if (selected.exit_code != kExitOk) return selected;
  switch (invocation.verb) {
    case Invocation::Verb::kRender:
      return RenderAll(invocation, loaded->profiles);
    case Invocation::Verb::kCheck:
      return Check(invocation, loaded->profiles);
    case Invocation::Verb::kList:
      return List(invocation, loaded->profiles);
  }
  return {};
}

}  // namespace ameide::generator
