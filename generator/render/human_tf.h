// The second template of a profile: a person's workspace with the same image, toolchain and
// checkout as its tasks, but with an identity and a namespace of its own, the apps that people
// need, a disk that outlives a stop, and nothing of a task. Pure.
#pragma once

#include <string>

#include "generator/render/render.h"
#include "task/contract/profile.h"

namespace ameide::generator {

// "<profile>-human": the template's folder.
std::string HumanName(const task::Profile& profile);

// All files of that folder; only for a profile with a human mode.
FileSet RenderHuman(const task::Profile& profile);

// human.sh: writes AGENTS.md, brings the checkout, starts the editor.
std::string HumanScript(const task::Profile& profile);

}  // namespace ameide::generator
