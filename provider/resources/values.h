// What several resources ask of Terraform's values. Pure.
#pragma once

#include <string>
#include <string_view>

#include "provider/framework/value.h"

namespace ameide::resources {

// An attribute's text; "" when it is null or unknown.
inline std::string TextOf(const framework::Value& object, std::string_view name) {
  const Result<std::string> text = object.Attribute(name).AsString();
  return text.ok() ? *text : "";
}

}  // namespace ameide::resources
