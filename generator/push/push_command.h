// The command "push". docs/templates.md, "Push".
#pragma once

#include "base/files.h"
#include "generator/command.h"

namespace ameide::generator {

// `launcher` is the program that --smoke runs.
Command PushCommand(fs::path launcher);

}  // namespace ameide::generator
