// A profile's template: everything a push uploads, and what the platform team
// applies to the cluster beside it. Pure and deterministic: no clock, disk, environment or version.
#pragma once

#include <map>
#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

// Safe relative path (IsSafeRelativePath, no component with a leading dot: Coder's upload leaves
// those out) → bytes.
using FileSet = std::map<std::string, std::string>;

FileSet Render(const task::Profile& profile);

// Every template of a profile by the name of its folder: "<profile>" for tasks and, when the
// profile has a human mode, "<profile>-human".
std::map<std::string, FileSet> RenderTemplates(const task::Profile& profile);

}  // namespace ameide::generator
