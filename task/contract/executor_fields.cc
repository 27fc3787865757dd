#include "task/contract/executor_fields.h"

#include "task/contract/field_table.h"
#include "task/contract/text_kinds.h"

namespace ameide::task {

const Fields& ExecutorFields() {
  static const Fields kFields = {
      Text("endpoint_env", kVariable, "EXECUTOR_ENDPOINT",
           "variable of the workspace that holds the executor's https URL"),
      Text("server_name", kDnsName, "executor.example.com",
           "name that the server's certificate must show"),
      Optional(Text("server_ca", kVariable, "EXECUTOR_SERVER_CA",
                    "`env` of the secret with the authorities (PEM) that the server is judged by"),
               "the system's"),
      Text("client_certificate", kVariable, "EXECUTOR_CLIENT_CERT",
           "`env` of the secret with the client's certificate (PEM) for mutual TLS"),
      Text("client_key", kVariable, "EXECUTOR_CLIENT_KEY",
           "`env` of the secret with the key of that certificate"),
      Words("session_key", {"devbox", "branch", "user"}, "[devbox, branch]",
            "at most one session is open for each combination of these"),
      Time("lease", 30'000, "5m",
           "the executor ends a session that nobody renewed for so long; not above `ttl.default`"),
      Limited(Groups("tools", "all that can be asked of the executor"), 1, 64),
      Text("tools/*/name", kToolName, "fo.build", "no tool may run arbitrary commands"),
      Text("tools/*/description", kLine, "Builds what changed.",
           "what the tool does, for the agent"),
      Word("tools/*/policy", {"read-only", "mutating", "needs-approval"}, "mutating",
           "whether a call may change something, and whether a person must agree first"),
      Time("tools/*/timeout", 1, "30m", "of one call; not above `ttl.max`"),
      Count("tools/*/max_calls", 1, 100'000, "20", "per task"),
      Limited(Groups("tools/*/arguments", "what a call may carry; anything else is refused"), 0,
              32),
      Text("tools/*/arguments/*/name", kMemberName, "session_id", "member of the call"),
      Word("tools/*/arguments/*/type",
           {"string", "integer", "boolean", "enum", "string_list", "object"}, "string",
           "what it holds; an `object` is not looked into"),
      Text("tools/*/arguments/*/description", kLine, "As fo.session.open answered.",
           "for the agent"),
      Optional(Flag("tools/*/arguments/*/required", "true", "whether every call has it"), "false"),
      Optional(Text("tools/*/arguments/*/pattern", kRegex, "\"[a-z0-9-]{1,64}\"",
                    "matches the whole text, or each item of a `string_list`")),
      Optional(Count("tools/*/arguments/*/max_length", 1, 1'048'576, "64",
                     "characters of a text or an item, bytes of an `object`"),
               "4096"),
      Optional(Count("tools/*/arguments/*/max_items", 1, 10'000, "20", "of a `string_list`"),
               "100"),
      Optional(Limited(
          Texts("tools/*/arguments/*/values", kLine, "[changed, all]", "words of an `enum`"), 1,
          100)),
      Limited(
          Texts("tools/*/results", kMemberName, "[build_ok, logs_uri]", "members of the answer"), 0,
          64),
  };
  return kFields;
}

}  // namespace ameide::task
