// The command line of ameide-templates. CLI11 stops in cli.cc.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "generator/commands.h"

namespace ameide::generator {

// What to do, or what to print at once (help, version, a usage error). `arguments` is argv without
// the program's name.
std::variant<Invocation, Outcome> ParseCommandLine(const std::vector<std::string>& arguments,
                                                   const std::string& version);

}  // namespace ameide::generator
