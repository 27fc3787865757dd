// What a task leaves in the state: the computed attributes of `ameide_task`. Pure.
#pragma once

#include <string>
#include <vector>

#include "provider/framework/schema.h"

namespace ameide::resources {

// What the provider alone sets.
framework::Attribute Computed(std::string name, framework::Type type, std::string description);

std::vector<framework::Attribute> ResultAttributes();

}  // namespace ameide::resources
