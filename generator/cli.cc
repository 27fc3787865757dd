#include "generator/cli.h"

#include <CLI/CLI.hpp>
#include <sstream>

namespace ameide::generator {
namespace {

constexpr char kFooter[] =
    "Exit codes: 0 fine, 1 problems in a profile or on disk, 2 wrong usage, 3 drift (check).";

}  // namespace

std::variant<Invocation, Outcome> ParseCommandLine(const std::vector<std::string>& arguments,
                                                   const std::string& version) {
  Invocation invocation;
  std::string profiles;
  std::string out = invocation.out.string();
  CLI::App app("Renders Coder templates from agent profiles.", "ameide-templates");
  app.set_version_flag("--version", version);
  app.footer(kFooter);
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Invocation::Verb verb) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("--profiles", profiles, "Folder of *.yaml; default: the built-in profiles");
    command->add_flag("--json", invocation.json, "Print JSON");
    command->add_option("profile", invocation.names, "Profiles by name; default: all");
    if (verb != Invocation::Verb::kList) {
      command->add_option("--out", out, "Folder of the templates")->capture_default_str();
    }
    command->callback([&invocation, verb] { invocation.verb = verb; });
  };
  add("render", "Write each profile's template folder", Invocation::Verb::kRender);
  add("check", "Show how the folders differ from a fresh render", Invocation::Verb::kCheck);
  add("list", "Show the profiles", Invocation::Verb::kList);
  try {
    // CLI11 wants the arguments last first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    std::ostringstream help;
    std::ostringstream wrong;
    const bool fine = app.exit(error, help, wrong) == 0;
    return Outcome{fine ? kExitOk : kExitUsage, help.str(), wrong.str()};
  }
  invocation.profiles = profiles;
  invocation.out = out;
  return invocation;
}

}  // namespace ameide::generator
