#include "generator/command.h"

#include "base/strings.h"

namespace ameide::generator {

std::string Arguments::Text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.empty() ? "" : found->second.front();
}

std::vector<std::string> Arguments::Texts(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Outcome Failed(const Error& error) {
  return {kExitProblems, "", StrCat("ameide-templates: ", error.ToString(), "\n")};
}

Outcome WrongUsage(std::string_view message) {
  return {kExitUsage, "", StrCat("ameide-templates: ", message, "\n")};
}

}  // namespace ameide::generator
