// render: writes the template folders, once or each time a profile changes.
#include <map>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/strings.h"
#include "generator/commands/commands.h"
#include "generator/commands/selection.h"
#include "generator/output.h"
#include "generator/parallel.h"

namespace ameide::generator {
namespace {

constexpr Millis kPollEvery{500};

using Rendered = std::pair<const std::string, FileSet>;

// What became of each template, in their order.
std::vector<Result<Written>> WriteAll(const std::vector<const Rendered*>& templates,
                                      const fs::path& out) {
  std::vector<Result<Written>> all(templates.size(), Written{});
  ForEachIndex(all.size(), [&](size_t i) {
    all[i] = WriteFolder(out / templates[i]->first, templates[i]->second);
  });
  return all;
}

void Report(const std::string& name, const fs::path& folder, const Written& written,
            Json::Array* items, std::string* text) {
  items->push_back(Json::Object{{"template", name},
                                {"folder", folder.generic_string()},
                                {"written", Json::Strings(written.written)},
                                {"removed", Json::Strings(written.removed)}});
  for (const std::string& path : written.written) {
    StrAppend(text, "wrote ", (folder / path).generic_string(), "\n");
  }
  for (const std::string& path : written.removed) {
    StrAppend(text, "removed ", (folder / path).generic_string(), "\n");
  }
}

Outcome RenderOnce(const Arguments& arguments) {
  const auto selected = SelectedProfiles(arguments);
  if (const auto* stop = std::get_if<Outcome>(&selected)) return *stop;
  const std::map<std::string, FileSet> templates = Templates(std::get<Profiles>(selected));
  const fs::path out = arguments.Text("--out");
  std::vector<const Rendered*> in_order;
  for (const Rendered& one : templates) in_order.push_back(&one);
  const std::vector<Result<Written>> all = WriteAll(in_order, out);
  Outcome outcome;
  Json::Array items;
  // A folder that cannot be written keeps no other from being so.
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string& name = in_order[i]->first;
    if (all[i].ok()) {
      Report(name, out / name, *all[i], &items, &outcome.out);
    } else {
      const Outcome failed = Failed(all[i].error());
      outcome.exit_code = failed.exit_code;
      outcome.err += failed.err;
    }
  }
  if (arguments.Has("--json")) {
    outcome.out = Json(Json::Object{{"templates", std::move(items)}}).DumpPretty();
  }
  return outcome;
}

// Name → when it was written and how large it is. An editor that replaces a file changes both or
// one of them; what cannot be looked at now counts as absent.
std::map<std::string, std::pair<fs::file_time_type, uintmax_t>> Stamps(const fs::path& folder) {
  std::map<std::string, std::pair<fs::file_time_type, uintmax_t>> stamps;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != ".yaml") continue;
    std::error_code ignored;
    stamps[at->path().string()] = {at->last_write_time(ignored), at->file_size(ignored)};
  }
  return stamps;
}

Outcome Watch(const Arguments& arguments, const Context& context) {
  const std::string folder = arguments.Text("--profiles");
  if (folder.empty()) {
    return WrongUsage("--watch needs --profiles; the built-in profiles do not change");
  }
  auto seen = Stamps(folder);
  context.show(RenderOnce(arguments));
  // Problems end nothing here: whoever is writing the profile sees them and goes on.
  while (context.clock.WaitFor(context.stop, kPollEvery)) {
    auto now = Stamps(folder);
    if (now == seen) continue;
    seen = std::move(now);
    context.show(RenderOnce(arguments));
  }
  return {};
}

Outcome RenderAll(const Arguments& arguments, const Context& context) {
  return arguments.Has("--watch") ? Watch(arguments, context) : RenderOnce(arguments);
}

}  // namespace

Command RenderCommand() {
  return {
      "render",
      "Write each profile's template folders",
      {NamesOperand(),
       ProfilesOption(),
       OutOption(),
       JsonOption(),
       {"--watch", "", "Render again whenever a file of --profiles changes, until interrupted"}},
      RenderAll};
}

}  // namespace ameide::generator
