#include "generator/render/task_script.h"

#include "base/text.h"
#include "generator/render/names.h"
#include "task/contract/words.h"

namespace ameide::generator {

std::string TaskScript(const task::Profile& profile) {
  return StrCat(
      "#!/bin/sh\n# ", kMadeBy,
      "\n#\n"
      "# Hands the task to the agent program, whose exit code is the script's.\n"
      "set -eu\n"
      "umask 077\n\n"
      "workspace=",
      ShellQuote(WorkspaceFolder(profile)),
      "\n\n"
      "refuse() {\n"
      "  echo \"ameide: $1\" >&2\n"
      "  exit ",
      task::kExitRefused,
      "\n}\n\n"
      "[ \"$(id -u)\" -ne 0 ] || refuse 'the image runs as root; set containerUser in "
      "devcontainer.json'\n"
      "command -v ameide-agent >/dev/null || refuse 'ameide-agent is not on PATH; add it to the "
      "image'\n"
      "[ -n \"${",
      kEnvSpec,
      ":-}\" ] || refuse 'there is no task; create workspaces through the launcher'\n"
      "# A restarted agent runs its scripts again; a task never does.\n"
      "[ ! -e \"$workspace/spec.json\" ] || refuse 'this workspace has had its task; create "
      "another "
      "one'\n\n"
      "mkdir -p \"$workspace\"\n"
      "cd \"$workspace\"\n"
      "printf %s \"$",
      kEnvContract,
      "\" | base64 -d >task.json\n"
      "printf %s \"$",
      kEnvInstructions,
      "\" | base64 -d >AGENTS.md\n"
      "printf %s \"$",
      kEnvSpec,
      "\" | base64 -d >spec.json\n"
      "kind=$",
      kEnvKind,
      "\n"
      "unset ",
      kEnvContract, " ", kEnvInstructions, " ", kEnvSpec, " ", kEnvKind,
      "\n"
      "# These ask Coder for the owner's Git credentials, which a task must not use.\n"
      "unset GIT_ASKPASS GIT_SSH_COMMAND\n\n"
      "exec ameide-agent task run \"$kind\" --spec spec.json --contract task.json \\\n"
      "  --workspace \"$workspace\" --evidence \"$workspace/evidence\"\n");
}

}  // namespace ameide::generator
