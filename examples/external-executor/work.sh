#!/bin/sh
# The command of spec.json, as executor/work.sh of the repository: works through the executor's
# tools without any agent, by speaking MCP with printf and read. An agent's MCP client does the same
# from mcp.json.
set -eu

# In a pod the contract lies beside the checkout, with the local backend two folders further up.
for contract in ../task.json ../../../task.json; do
  [ ! -f "$contract" ] || break
done

pipes=$(mktemp -d)
mkfifo "$pipes/in" "$pipes/out"
ameide-agent tool --contract "$contract" <"$pipes/in" >"$pipes/out" &
server=$!
exec 3>"$pipes/in" 4<"$pipes/out"
rm -rf "$pipes"

# A request, its one line of answer in $answer. A server that is gone shows when reading.
trap '' PIPE
request() {
  printf '%s\n' "$1" >&3 2>/dev/null || true
  IFS= read -r answer <&4 || { echo 'the tool server is gone' >&2; exit 1; }
}

number=0
call() {
  number=$((number + 1))
  request "{\"jsonrpc\":\"2.0\",\"id\":$number,\"method\":\"tools/call\",\"params\":{\"name\":\"$1\",\"arguments\":$2}}"
  printf '%s\n' "$answer"
}

must() {
  call "$@"
  case $answer in
    *'"isError":false'*) ;;
    *) echo "$1 failed" >&2; exit 1 ;;
  esac
}

request '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"work.sh","version":"1"}}}'
printf '%s\n' '{"jsonrpc":"2.0","method":"notifications/initialized"}' >&3

must fo.session.open "{\"feature_branch\":\"$EXECUTOR_BRANCH\"}"
must fo.vs.create_table '{"table_spec":{"name":"Orders","fields":["OrderId","Customer"]}}'
must fo.build '{"scope":"changed"}'
must fo.test '{}'

# The report is one JSON text, with single quotes in it, so only its newlines are escaped.
report=${answer##*'"structuredContent":'}
report=${report#*'"junit":"'}
printf '%b' "${report%%'"'*}" >"$AMEIDE_EVIDENCE_DIR/executor.xml"

# A task cannot prove that a person has approved it, so this is refused, and that is fine.
call fo.github.create_pr '{"title":"Orders table"}'

# The end of its input ends the server, which gives the session back.
exec 3>&-
wait "$server"
