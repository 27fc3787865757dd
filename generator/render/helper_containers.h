// The containers of a task's pod in which no command of the task ever runs. Pure.
#pragma once

#include <string>
#include <vector>

#include "generator/hcl/body.h"
#include "task/contract/profile.h"

namespace ameide::generator {

// The init container that copies ameide-agent out of its own image.
hcl::Body ProgramContainer(const task::Profile& profile);

// The container that alone holds what can push. It shares the workspaces with the task, read-only,
// and nothing else: no process, no temporary folder, no token of Coder's.
hcl::Body PublisherContainer(const task::Profile& profile);

// What it runs, and the names of its environment variables.
std::vector<std::string> PublisherCommand(const task::Profile& profile);
std::vector<std::string> PublisherVariables(const task::Profile& profile);

// The volumes of both, besides the workspaces.
void AddHelperVolumes(const task::Profile& profile, hcl::Body* spec);

}  // namespace ameide::generator
