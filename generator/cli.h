// The command line of ameide-templates. CLI11 stops in cli.cc.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "generator/command.h"

namespace ameide::generator {

struct Invocation {
  const Command* command = nullptr;  // one of those given
  Arguments arguments;
};

// What to do, or what to print at once (help, version, a usage error). `arguments` is argv without
// the program's name. `commands` must outlive the result.
std::variant<Invocation, Outcome> ParseCommandLine(const std::vector<Command>& commands,
                                                   const std::vector<std::string>& arguments,
                                                   const std::string& version);

}  // namespace ameide::generator
