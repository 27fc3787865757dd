// README.md: Coder's front matter, and what an operator has to know, in the order that Coder's
// registry asks for: what it is, prerequisites, architecture, usage, settings, what persists,
// permissions, trouble. Pure.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string Readme(const task::Profile& profile);

// Of the template for people; only for a profile with a human mode.
std::string HumanReadme(const task::Profile& profile);

}  // namespace ameide::generator
