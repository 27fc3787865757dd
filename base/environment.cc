#include "base/environment.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace ameide {

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (const size_t at = text.find('='); at != std::string_view::npos) {
      environment.emplace(text.substr(0, at), text.substr(at + 1));
    }
  }
  return environment;
}

void ForgetProcessEnvironment() {
  // The kernel shows the memory that the program was started with, which these still point to.
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    ::explicit_bzero(*entry, std::strlen(*entry));
  }
  ::clearenv();
}

std::string Get(const Environment& environment, std::string_view name) {
  const auto found = environment.find(std::string(name));
  return found == environment.end() ? std::string() : found->second;
}

}  // namespace ameide
