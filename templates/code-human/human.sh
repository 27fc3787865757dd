#!/bin/sh
# Made by ameide-templates from the profile; do not edit.
#
# Prepares a person's workspace at every start; what is there already stays.
set -eu

workspace=/workspaces/code
repository=https://github.com/ameideio/ameide.git

fail() {
  echo "ameide: $1" >&2
  exit 1
}

[ "$(id -u)" -ne 0 ] || fail 'the image runs as root; set containerUser in devcontainer.json'
mkdir -p "$workspace"
printf %s "$AMEIDE_INSTRUCTIONS_BASE64" | base64 -d >"$workspace/AGENTS.md"
[ -e "$workspace/repo/.git" ] || git clone -- "$repository" "$workspace/repo"

command -v code-server >/dev/null || fail 'code-server is not on PATH; add it to the image'
# On loopback: Coder has asked who is there before anything arrives.
code-server --auth none --bind-addr 127.0.0.1:13337 \
  --user-data-dir "$workspace/.code-server" "$workspace/repo" \
  >"$workspace/.code-server.log" 2>&1 </dev/null &
