#include "generator/commands/commands.h"

namespace ameide::generator {

std::vector<Command> Commands() {
  return {InitCommand(),    RenderCommand(), CheckCommand(),     ListCommand(),  LintCommand(),
          ExplainCommand(), DiffCommand(),   EffectiveCommand(), ScoreCommand(), SchemaCommand()};
}

}  // namespace ameide::generator
