// agent.tf: Coder's agent with the task's script, the evidence app and what the dashboard shows.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string AgentTf(const task::Profile& profile);

}  // namespace ameide::generator
