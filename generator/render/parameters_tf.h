// parameters.tf: what whoever creates the workspace passes in. Pure.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string ParametersTf(const task::Profile& profile);

}  // namespace ameide::generator
