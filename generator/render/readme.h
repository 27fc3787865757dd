// README.md: Coder's front matter, and what an operator has to know. Pure.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string Readme(const task::Profile& profile);

}  // namespace ameide::generator
