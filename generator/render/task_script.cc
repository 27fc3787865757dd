#include "generator/render/task_script.h"

#include "base/text.h"
#include "generator/render/names.h"
#include "task/contract/words.h"

namespace ameide::generator {
namespace {

// Of what a command says, so much goes on to Coder, which keeps 1 MiB per agent.
constexpr int kEchoLimit = 512 << 10;

std::string Head(const task::Profile& profile) {
  return StrCat("#!/bin/sh\n# ", kMadeBy,
                "\n#\n"
                "# Hands the task to the agent program, whose exit code is the script's. "
                "AMEIDE_ROOT is empty\n"
                "# in a pod; a simulator names a private folder there that stands in for the root "
                "of the file\n"
                "# system.\n"
                "set -eu\n"
                "umask 077\n\n"
                "root=${AMEIDE_ROOT:-}\n"
                "workspace=$root",
                ShellQuote(WorkspaceFolder(profile)),
                "\n"
                "PATH=$root",
                task::kAgentProgramFolder,
                ":$PATH\n"
                "export PATH\n\n"
                "refuse() {\n"
                "  echo \"ameide: $1\" >&2\n"
                "  exit ",
                task::kExitRefused, "\n}\n\n");
}

std::string Checks() {
  return StrCat(
      "[ \"$(id -u)\" -ne 0 ] || refuse 'the image runs as root; set containerUser in "
      "devcontainer.json'\n"
      "command -v ameide-agent >/dev/null || refuse 'ameide-agent is not in ",
      task::kAgentProgramFolder, "; see the init container ", kProgramContainer,
      "'\n"
      "[ -n \"${",
      kEnvSpec,
      ":-}\" ] || refuse 'there is no task; create workspaces through the launcher'\n"
      "# A restarted agent runs its scripts again; a task never does.\n"
      "[ ! -e \"$workspace/spec.json\" ] || refuse 'this workspace has had its task; create "
      "another one'\n\n");
}

std::string File(std::string_view variable, std::string_view file) {
  return StrCat("printf %s \"$", variable, "\" | base64 -d >", file, "\n");
}

std::string Files(const task::Profile& profile) {
  std::string out =
      "mkdir -p \"$workspace\"\n"
      "cd \"$workspace\"\n";
  StrAppend(&out, File(kEnvContract, "task.json"), File(kEnvInstructions, "AGENTS.md"),
            File(kEnvSpec, "spec.json"));
  std::vector<std::string_view> spent = {kEnvContract, kEnvInstructions, kEnvSpec, kEnvKind,
                                         kEnvEvidencePort};
  if (profile.contract.executor) {
    StrAppend(&out, "# The same server twice: as most MCP clients want it, and as Codex does.\n",
              File(kEnvMcp, ".mcp.json"),
              "export CODEX_HOME=\"${CODEX_HOME:-$workspace/.codex}\"\n",
              "mkdir -p \"$CODEX_HOME\"\n", "[ -e \"$CODEX_HOME/config.toml\" ] ||\n  ",
              File(kEnvCodex, "\"$CODEX_HOME/config.toml\""));
    spent.push_back(kEnvMcp);
    spent.push_back(kEnvCodex);
  }
  StrAppend(&out, "kind=$", kEnvKind, "\nport=$", kEnvEvidencePort, "\nunset ", StrJoin(spent, " "),
            " AMEIDE_ROOT\n",
            "# These ask Coder for the owner's Git credentials, which a task must not use.\n"
            "unset GIT_ASKPASS GIT_SSH_COMMAND\n\n");
  return out;
}

}  // namespace

std::string TaskScript(const task::Profile& profile) {
  return StrCat(
      Head(profile), Checks(), Files(profile),
      "# Without this script's variables: every process of the user can read a server's.\n"
      "env -i PATH=\"$PATH\" ameide-agent serve --detach --workspace \"$workspace\" \\\n"
      "  --evidence \"$workspace/evidence\" --publication \"$root",
      task::kPublicationFolder,
      "\" \\\n"
      "  --port \"$port\" || refuse 'the evidence service did not start'\n\n"
      "exec ameide-agent task run \"$kind\" --spec spec.json --contract task.json \\\n"
      "  --workspace \"$workspace\" --evidence \"$workspace/evidence\" --echo-limit ",
      kEchoLimit, "\n");
}

}  // namespace ameide::generator
