// variables.tf: what whoever pushes the template may set.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string VariablesTf(const task::Profile& profile);

}  // namespace ameide::generator
