// Terraform's MessagePack form of values. Source: the MessagePack specification and Terraform's
// object-wire-format document; rules V-2 to V-10, V-14 and V-21.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/framework/value.h"

namespace ameide::wire {

// Nesting beyond this is refused in both directions; real schemas stay below ten.
inline constexpr int kMaxDepth = 64;

// `type` is the schema's type, which the value must conform to: it decides where a value carries
// its own type along. Strings become valid UTF-8. Errors: kInvalid.
Result<std::string> EncodeMsgpack(const framework::Value& value, const framework::Type& type);

// The whole of `bytes` must be one value of `type`; objects must have exactly the type's
// attributes. Every extension is an unknown value. Errors: kInvalid, with the path.
Result<framework::Value> DecodeMsgpack(std::string_view bytes, const framework::Type& type);

}  // namespace ameide::wire
