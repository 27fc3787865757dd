// ameide-templates: see docs/profiles.md.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "base/environment.h"
#include "base/files.h"
#include "base/stop_on_signal.h"
#include "generator/cli.h"
#include "generator/commands/commands.h"
#include "generator/push/push_command.h"

namespace {

using namespace ameide::generator;

bool Show(const Outcome& outcome) {
  std::fwrite(outcome.out.data(), 1, outcome.out.size(), stdout);
  std::fwrite(outcome.err.data(), 1, outcome.err.size(), stderr);
  return std::fflush(stdout) == 0;
}

int Run(const std::vector<std::string>& arguments) {
  std::vector<Command> commands = Commands();
  std::error_code ignored;  // without /proc there is no launcher beside us, which its use then says
  const ameide::fs::path self = ameide::fs::read_symlink("/proc/self/exe", ignored);
  commands.push_back(PushCommand(self.parent_path() / "ameide-launcher"));
  commands.push_back(CompletionCommand(commands));
  const auto parsed = ParseCommandLine(commands, arguments, AMEIDE_VERSION);
  Outcome outcome;
  if (const auto* invocation = std::get_if<Invocation>(&parsed)) {
    const ameide::SystemClock clock;
    const ameide::StopOnSignal signals;
    Context context{.clock = clock,
                    .stop = signals.token(),
                    .environment = ameide::ProcessEnvironment(),
                    .version = AMEIDE_VERSION,
                    .color = ::isatty(STDOUT_FILENO) == 1,
                    .show = [](const Outcome& part) { Show(part); }};
    // https://no-color.org: set and not empty.
    if (!ameide::Get(context.environment, "NO_COLOR").empty()) context.color = false;
    outcome = invocation->command->run(invocation->arguments, context);
  } else {
    outcome = std::get<Outcome>(parsed);
  }
  if (!Show(outcome)) {
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
    return kExitProblems;
  }
}
