// task.sh: hands the task to the agent program. A file of its own, so that no shell needs escaping.
// Pure.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string TaskScript(const task::Profile& profile);

}  // namespace ameide::generator
