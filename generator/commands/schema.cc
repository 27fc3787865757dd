// schema: what a profile may hold, for editors.
#include "generator/commands/commands.h"
#include "task/contract/profile_schema.h"

namespace ameide::generator {
namespace {

Outcome Schema(const Arguments&, const Context&) {
  return {kExitOk, task::ProfileSchema().DumpPretty(), ""};
}

}  // namespace

Command SchemaCommand() {
  return {"schema", "Print the JSON Schema of profiles (draft-07)", {}, Schema};
}

}  // namespace ameide::generator
