// What a schema alone decides about a plan. Pure. Rules P-2 to P-8 of docs/protocol.md.
#pragma once

#include <vector>

#include "provider/framework/schema.h"

namespace ameide::framework {

// The planned state: the configuration, with defaults and prior computed values where it says
// nothing, and unknown where only the apply can tell. Equal to `prior` when nothing changes.
// `config` and `proposed` are known objects; `prior` is null for a create. Write-only values are
// null in the result.
Value PlanValue(const std::vector<Attribute>& attributes, const Value& config, const Value& prior,
                const Value& proposed);

// Attributes whose change needs a new object. Values that nobody configured and that only an update
// would change do not count.
std::vector<Path> ReplacingPaths(const std::vector<Attribute>& attributes, const Value& config,
                                 const Value& prior, const Value& planned);

}  // namespace ameide::framework
