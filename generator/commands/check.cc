// check: how folders differ from a fresh render.
#include "base/json.h"
#include "generator/commands/commands.h"
#include "generator/commands/selection.h"
#include "generator/output.h"

namespace ameide::generator {
namespace {

Outcome Check(const Arguments& arguments, const Context&) {
  const auto selected = SelectedProfiles(arguments);
  if (const auto* stop = std::get_if<Outcome>(&selected)) return *stop;
  Outcome outcome;
  Json::Array items;
  for (const auto& [name, files] : Templates(std::get<Profiles>(selected))) {
    const Result<std::string> diff = DiffFolder(fs::path(arguments.Text("--out")) / name, files);
    if (!diff.ok()) return Failed(diff.error());
    if (!diff->empty()) outcome.exit_code = kExitDrift;
    outcome.out += *diff;
    items.push_back(Json::Object{{"template", name}, {"diff", *diff}});
  }
  if (arguments.Has("--json")) {
    outcome.out = Json(Json::Object{{"templates", std::move(items)}}).DumpPretty();
  }
  return outcome;
}

}  // namespace

Command CheckCommand() {
  return {"check",
          "Show how the folders differ from a fresh render",
          {NamesOperand(), ProfilesOption(), OutOption(), JsonOption()},
          Check};
}

}  // namespace ameide::generator
