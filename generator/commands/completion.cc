// completion: scripts for shells, made from the commands themselves.
#include "base/strings.h"
#include "base/text.h"
#include "generator/commands/commands.h"

namespace ameide::generator {
namespace {

constexpr std::string_view kProgram = "ameide-templates";

// "--out --json render": what can stand behind the command besides files.
std::string WordsOf(const Command& command) {
  std::vector<std::string> words;
  for (const Option& option : command.options) {
    if (!option.IsOperand()) words.push_back(option.name);
    words.insert(words.end(), option.words.begin(), option.words.end());
  }
  return StrJoin(words, " ");
}

std::vector<std::string> Names(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  return names;
}

std::string Bash(const std::vector<Command>& commands) {
  std::string out =
      StrCat("# ", kProgram, ": source this, or put it into bash-completion's folder.\n",
             "_ameide_templates() {\n  local words\n  case ${COMP_WORDS[1]-} in\n");
  for (const Command& command : commands) {
    StrAppend(&out, "    ", command.name, ") words='", WordsOf(command), "' ;;\n");
  }
  StrAppend(
      &out, "    *) words='' ;;\n  esac\n  [ \"$COMP_CWORD\" -gt 1 ] || words='",
      StrJoin(Names(commands), " "),
      "'\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
      "}\ncomplete -o default -F _ameide_templates ",
      kProgram, "\n");
  return out;
}

std::string Zsh(const std::vector<Command>& commands) {
  std::string out = StrCat("#compdef ", kProgram,
                           "\n\n_ameide_templates() {\n  if (( CURRENT == 2 )); then\n    local -a "
                           "commands=(\n");
  for (const Command& command : commands) {
    StrAppend(&out, "      ", ShellQuote(StrCat(command.name, ":", command.help)), "\n");
  }
  out += "    )\n    _describe command commands\n    return\n  fi\n  case ${words[2]} in\n";
  for (const Command& command : commands) {
    StrAppend(&out, "    ", command.name, ") compadd -- ", WordsOf(command), " ;;\n");
  }
  StrAppend(&out, "  esac\n  _files\n}\n\ncompdef _ameide_templates ", kProgram, "\n");
  return out;
}

std::string Fish(const std::vector<Command>& commands) {
  std::string out;
  for (const Command& command : commands) {
    StrAppend(&out, "complete -c ", kProgram, " -n __fish_use_subcommand -a ", command.name, " -d ",
              ShellQuote(command.help), "\n");
  }
  for (const Command& command : commands) {
    const std::string start =
        StrCat("complete -c ", kProgram, " -n '__fish_seen_subcommand_from ", command.name, "'");
    for (const Option& option : command.options) {
      const std::string words =
          option.words.empty() ? "" : StrCat(" -a ", ShellQuote(StrJoin(option.words, " ")));
      if (option.IsOperand()) {
        if (!words.empty()) StrAppend(&out, start, words, "\n");
        continue;
      }
      StrAppend(&out, start, " -l ", option.name.substr(2), option.value.empty() ? "" : " -r",
                words, " -d ", ShellQuote(option.help), "\n");
    }
  }
  return out;
}

Option ShellOperand() {
  return {.name = "shell",
          .value = "SHELL",
          .help = "Whose script to print",
          .required = true,
          .words = {"bash", "zsh", "fish"}};
}

}  // namespace

Command CompletionCommand(const std::vector<Command>& commands) {
  Command completion{"completion", "Print a completion script for a shell", {ShellOperand()}, {}};
  std::vector<Command> all = commands;
  all.push_back(completion);
  completion.run = [all](const Arguments& arguments, const Context&) -> Outcome {
    const std::string shell = arguments.Text("shell");
    return {kExitOk, shell == "bash" ? Bash(all) : shell == "zsh" ? Zsh(all) : Fish(all), ""};
  };
  return completion;
}

}  // namespace ameide::generator
