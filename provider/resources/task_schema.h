// The schema of ameide_task. Attribute names and shapes are those of the TaskSpec's JSON members
// (docs/task-contract.md), so that one set of rules checks both.
#pragma once

#include "provider/framework/schema.h"

namespace ameide::resources {

framework::Schema TaskSchema();
framework::IdentitySchema TaskIdentitySchema();

}  // namespace ameide::resources
