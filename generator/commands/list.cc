// list: the profiles.
#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "generator/commands/commands.h"
#include "generator/commands/selection.h"

namespace ameide::generator {
namespace {

std::string_view BuilderName(const task::Profile& profile) {
  return profile.deployment.builder == task::Deployment::Builder::kEnvbuilder ? "envbuilder"
                                                                              : "image";
}

Outcome AsJson(const Profiles& profiles) {
  Json::Array items;
  for (const task::Profile& profile : profiles) {
    items.push_back(Json::Object{{"name", profile.contract.name},
                                 {"display_name", profile.display_name},
                                 {"description", profile.description},
                                 {"risk_tier", profile.risk_tier},
                                 {"builder", BuilderName(profile)},
                                 {"pull_requests", profile.contract.pull_requests},
                                 {"max_ttl", FormatDuration(profile.contract.max_ttl)}});
  }
  return {kExitOk, Json(Json::Object{{"profiles", std::move(items)}}).DumpPretty(), ""};
}

Outcome List(const Arguments& arguments, const Context&) {
  const auto selected = SelectedProfiles(arguments);
  if (const auto* stop = std::get_if<Outcome>(&selected)) return *stop;
  const auto& profiles = std::get<Profiles>(selected);
  if (arguments.Has("--json")) return AsJson(profiles);
  size_t width = 0;
  for (const task::Profile& profile : profiles) {
    width = std::max(width, profile.contract.name.size());
  }
  Outcome outcome;
  for (const task::Profile& profile : profiles) {
    const std::string& name = profile.contract.name;
    StrAppend(&outcome.out, name, std::string(width - name.size() + 2, ' '), profile.description,
              "\n");
  }
  return outcome;
}

}  // namespace

Command ListCommand() {
  return {"list", "Show the profiles", {NamesOperand(), ProfilesOption(), JsonOption()}, List};
}

}  // namespace ameide::generator
