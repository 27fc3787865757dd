#include "generator/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <sstream>

#include "base/strings.h"

namespace ameide::generator {
namespace {

constexpr char kFooter[] =
    "Exit codes: 0 fine, 1 problems in a profile or on disk, 2 wrong usage, 3 drift (check) or "
    "wider "
    "permissions (diff).";

// Where CLI11 puts what it read, until it is known which command was meant.
struct Taken {
  const Option* option;
  CLI::Option* parsed = nullptr;
  bool flag = false;
  std::vector<std::string> values;
};

void AddOption(CLI::App* command, Taken* taken) {
  const Option& option = *taken->option;
  if (option.value.empty()) {
    taken->parsed = command->add_flag(option.name, taken->flag, option.help);
    return;
  }
  taken->parsed = command->add_option(option.name, taken->values, option.help);
  taken->parsed->type_name(option.value)->required(option.required);
  // What takes one value, and options that may be repeated, must not eat the operands behind them.
  if (!option.many) taken->parsed->expected(1);
  taken->parsed->allow_extra_args(option.many && option.IsOperand());
  if (!option.words.empty()) taken->parsed->check(CLI::IsMember(option.words));
  if (!option.fallback.empty()) taken->parsed->default_str(option.fallback);
}

Arguments ArgumentsOf(const std::deque<Taken>& all) {
  std::map<std::string, std::vector<std::string>> values;
  for (const Taken& taken : all) {
    const Option& option = *taken.option;
    if (taken.parsed->count() > 0) {
      values[option.name] = option.value.empty() ? std::vector<std::string>{} : taken.values;
    } else if (!option.fallback.empty()) {
      values[option.name] = {option.fallback};
    }
  }
  return Arguments(std::move(values));
}

}  // namespace

std::variant<Invocation, Outcome> ParseCommandLine(const std::vector<Command>& commands,
                                                   const std::vector<std::string>& arguments,
                                                   const std::string& version) {
  CLI::App app("Renders Coder templates from agent profiles.", "ameide-templates");
  app.set_version_flag("--version", version);
  app.footer(kFooter);
  app.require_subcommand(1);
  std::deque<std::deque<Taken>> taken;  // per command; addresses stay
  std::vector<CLI::App*> apps;
  for (const Command& command : commands) {
    CLI::App* parsed = app.add_subcommand(command.name, command.help);
    apps.push_back(parsed);
    std::deque<Taken>& options = taken.emplace_back();
    for (const Option& option : command.options) {
      options.push_back({.option = &option, .parsed = nullptr, .flag = false, .values = {}});
      AddOption(parsed, &options.back());
    }
  }
  // CLI11 would say that a command is missing.
  if (!arguments.empty() && !arguments[0].starts_with("-") &&
      std::none_of(commands.begin(), commands.end(),
                   [&](const Command& command) { return command.name == arguments[0]; })) {
    return WrongUsage(StrCat("there is no command '", arguments[0], "'; see --help"));
  }
  try {
    // CLI11 wants the arguments last first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    std::ostringstream help;
    std::ostringstream wrong;
    const bool fine = app.exit(error, help, wrong) == 0;
    return Outcome{fine ? kExitOk : kExitUsage, help.str(), wrong.str()};
  }
  for (size_t i = 0; i < apps.size(); ++i) {
    if (apps[i]->parsed()) return Invocation{&commands[i], ArgumentsOf(taken[i])};
  }
  return WrongUsage("name a command; see --help");
}

}  // namespace ameide::generator
