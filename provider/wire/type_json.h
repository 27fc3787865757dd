// Types as Terraform writes them in schemas and in front of dynamic values: "string",
// ["list","number"], ["object",{"a":"bool"}]. Rule V-11.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "provider/framework/type.h"

namespace ameide::wire {

Json TypeToJson(const framework::Type& type);

// kInvalid for anything but the eight forms. The list of optional attribute names that may follow
// an object's attributes says nothing about values and is skipped.
Result<framework::Type> TypeFromJson(const Json& json);
Result<framework::Type> TypeFromText(std::string_view text);

}  // namespace ameide::wire
