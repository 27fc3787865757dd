#!/bin/sh
# Made by ameide-templates from the profile; do not edit.
#
# Hands the task to the agent program, whose exit code is the script's. AMEIDE_ROOT is empty
# in a pod; a simulator names a private folder there that stands in for the root of the file
# system.
set -eu
umask 077

root=${AMEIDE_ROOT:-}
workspace=$root/workspaces/code
PATH=$root/opt/ameide/bin:$PATH
export PATH

refuse() {
  echo "ameide: $1" >&2
  exit 242
}

[ "$(id -u)" -ne 0 ] || refuse 'the image runs as root; set containerUser in devcontainer.json'
command -v ameide-agent >/dev/null || refuse 'ameide-agent is not in /opt/ameide/bin; see the init container agent-program'
[ -n "${AMEIDE_SPEC_BASE64:-}" ] || refuse 'there is no task; create workspaces through the launcher'
# A restarted agent runs its scripts again; a task never does.
[ ! -e "$workspace/spec.json" ] || refuse 'this workspace has had its task; create another one'

mkdir -p "$workspace"
cd "$workspace"
printf %s "$AMEIDE_CONTRACT_BASE64" | base64 -d >task.json
printf %s "$AMEIDE_INSTRUCTIONS_BASE64" | base64 -d >AGENTS.md
printf %s "$AMEIDE_SPEC_BASE64" | base64 -d >spec.json
kind=$AMEIDE_KIND
port=$AMEIDE_EVIDENCE_PORT
unset AMEIDE_CONTRACT_BASE64 AMEIDE_INSTRUCTIONS_BASE64 AMEIDE_SPEC_BASE64 AMEIDE_KIND AMEIDE_EVIDENCE_PORT AMEIDE_ROOT
# These ask Coder for the owner's Git credentials, which a task must not use.
unset GIT_ASKPASS GIT_SSH_COMMAND

# Without this script's variables: every process of the user can read a server's.
env -i PATH="$PATH" ameide-agent serve --detach --workspace "$workspace" \
  --evidence "$workspace/evidence" --publication "$root/var/run/ameide/publication" \
  --port "$port" || refuse 'the evidence service did not start'

exec ameide-agent task run "$kind" --spec spec.json --contract task.json \
  --workspace "$workspace" --evidence "$workspace/evidence" --echo-limit 524288
