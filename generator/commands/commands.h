// The commands of ameide-templates, one per file of this folder.
#pragma once

#include <vector>

#include "generator/command.h"

namespace ameide::generator {

Command RenderCommand();
Command CheckCommand();
Command ListCommand();
Command InitCommand();
Command LintCommand();
Command ExplainCommand();
Command SchemaCommand();
Command DiffCommand();
Command EffectiveCommand();
Command ScoreCommand();
// Completes the words of `commands` and its own.
Command CompletionCommand(const std::vector<Command>& commands);

// All but the last, in the order of the help.
std::vector<Command> Commands();

}  // namespace ameide::generator
