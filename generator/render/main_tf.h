// main.tf: providers, the agent, and the one script that runs the task. Pure.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string MainTf(const task::Profile& profile);

}  // namespace ameide::generator
