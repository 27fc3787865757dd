// ameide-templates: see docs/profiles.md.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "generator/cli.h"

namespace {

int Run(const std::vector<std::string>& arguments) {
  using namespace ameide::generator;
  const auto parsed = ParseCommandLine(arguments, AMEIDE_VERSION);
  const auto* invocation = std::get_if<Invocation>(&parsed);
  const Outcome outcome = invocation != nullptr ? Execute(*invocation) : std::get<Outcome>(parsed);
  std::fwrite(outcome.out.data(), 1, outcome.out.size(), stdout);
  std::fwrite(outcome.err.data(), 1, outcome.err.size(), stderr);
  if (std::fflush(stdout) != 0) {
    std::fputs("ameide-templates: cannot write to standard output\n", stderr);
    return kExitProblems;
  }
  return outcome.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ameide-templates: internal error: %s; please report it\n", error.what());
    return ameide::generator::kExitProblems;
  }
}
