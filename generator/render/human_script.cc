#include "base/text.h"
#include "generator/render/human_tf.h"
#include "generator/render/names.h"

namespace ameide::generator {
namespace {

constexpr std::string_view kEditor = R"(
command -v code-server >/dev/null || fail 'code-server is not on PATH; add it to the image'
# On loopback: Coder has asked who is there before anything arrives.
code-server --auth none --bind-addr 127.0.0.1:13337 \
  --user-data-dir "$workspace/.code-server" "$workspace/repo" \
  >"$workspace/.code-server.log" 2>&1 </dev/null &
)";

}  // namespace

std::string HumanScript(const task::Profile& profile) {
  const auto& apps = profile.human->apps;
  std::string out = StrCat(
      "#!/bin/sh\n# ", kMadeBy,
      "\n#\n"
      "# Prepares a person's workspace at every start; what is there already stays.\n"
      "set -eu\n\n"
      "workspace=",
      ShellQuote(WorkspaceFolder(profile)), "\n",
      "repository=", ShellQuote(profile.contract.repositories.front()),
      "\n\n"
      "fail() {\n"
      "  echo \"ameide: $1\" >&2\n"
      "  exit 1\n"
      "}\n\n"
      "[ \"$(id -u)\" -ne 0 ] || fail 'the image runs as root; set containerUser in "
      "devcontainer.json'\n"
      "mkdir -p \"$workspace\"\n"
      "printf %s \"$",
      kEnvInstructions, "\" | base64 -d >\"$workspace/AGENTS.md\"\n",
      "[ -e \"$workspace/repo/.git\" ] || git clone -- \"$repository\" \"$workspace/repo\"\n");
  if (std::find(apps.begin(), apps.end(), "code-server") != apps.end()) out += kEditor;
  return out;
}

}  // namespace ameide::generator
