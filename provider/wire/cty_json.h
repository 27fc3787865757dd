// Terraform's JSON form of values: stored state, and the fallback form of values on the wire.
// Rule V-18.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/framework/value.h"

namespace ameide::wire {

// Lenient, because state may be older than the schema: missing attributes are null, undeclared ones
// are dropped, numbers and booleans may be strings and strings may be numbers or booleans. Errors:
// kInvalid, with the path.
Result<framework::Value> DecodeCtyJson(std::string_view text, const framework::Type& type);

// The value must conform to `type` and be wholly known: JSON has no unknown. Errors: kInvalid.
Result<std::string> EncodeCtyJson(const framework::Value& value, const framework::Type& type);

}  // namespace ameide::wire
