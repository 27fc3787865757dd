// What an expression of a template comes to, for the few expressions the simulator acts on. Pure,
// but for the files that the scope hands over.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/hcl_reader.h"

namespace ameide::simulator {

struct Scope {
  // The value of a reference; nothing when there is no such thing.
  std::function<std::optional<Json>(const std::vector<std::string>& path)> reference;
  // A file of the template, for file() and filebase64(); path.module is ".".
  std::function<std::optional<std::string>(const std::string& name)> file;
};

// kInvalid for unknown references, files and functions.
Result<Json> Evaluate(const Expr& expr, const Scope& scope);

// The same as Terraform converts to text: numbers and booleans as written, null as nothing.
Result<std::string> EvaluateText(const Expr& expr, const Scope& scope);

}  // namespace ameide::simulator
