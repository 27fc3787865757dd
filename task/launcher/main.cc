// ameide-launcher: the task engine without Terraform. Two more verbs are for itself only and so not
// in the help: `supervise FOLDER` owns a local workspace, `agent …` runs a task in it.
#include <unistd.h>

#include "base/environment.h"
#include "base/stop_on_signal.h"
#include "task/agent/agent.h"
#include "task/launcher/command_line.h"
#include "task/launcher/commands.h"
#include "task/launcher/local/local_backend.h"
#include "task/launcher/local/local_publisher.h"
#include "task/launcher/local/local_settings.h"
#include "task/publish/publish.h"

namespace ameide::task {
namespace {

void Write(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

int Finish(const CommandOutput& output) {
  Write(STDOUT_FILENO, output.out);
  Write(STDERR_FILENO, output.err);
  return output.exit_code;
}

int LauncherMain(const std::vector<std::string>& arguments, const Environment& environment) {
  const auto parsed = ParseCommandLine(arguments, AMEIDE_VERSION);
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    Write(early->code == 0 ? STDOUT_FILENO : STDERR_FILENO, early->text);
    return early->code;
  }
  CommandLine line = std::get<CommandLine>(parsed);
  if (line.verb == CommandLine::Verb::kVerify) return Finish(Verify(line));
  if (line.state.empty()) {
    const auto state = DefaultStateDirectory(environment);
    if (!state.ok()) return Finish({kLauncherUsage, "", state.error().ToString() + "\n"});
    line.state = *state;
  }
  std::error_code error;
  const std::string self = fs::read_symlink("/proc/self/exe", error).string();
  if (error) return Finish({kLauncherError, "", "error: /proc is not mounted; mount it\n"});
  const StopOnSignal stop;
  const SystemClock clock;
  const Log log(ParseLogLevel(line.log_level), "launcher", clock, FdSink(STDERR_FILENO));
  LocalBackendOptions options;
  options.root = line.state / "workspaces";
  options.supervisor = {self, "supervise"};
  options.agent = {self, "agent"};
  options.environment = TaskEnvironment(environment);
  options.secrets_dir = line.secrets;
  LocalPublisherOptions publishing;
  publishing.program = {self, "agent", "publish"};
  publishing.root = line.state / "publish";
  publishing.secrets_dir = line.secrets;
  publishing.environment = options.environment;
  Launcher launcher(MakeLocalBackend(std::move(options)), line.state / "records",
                    MakeLocalPublisher(std::move(publishing)));
  return Finish(Execute(line, launcher, {stop.token(), clock, log}));
}

}  // namespace
}  // namespace ameide::task

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string verb = arguments.empty() ? "" : arguments.front();
  const ameide::Environment environment = ameide::ProcessEnvironment();
  if (verb == "supervise") {
    return ameide::task::SupervisorMain({arguments.begin() + 1, arguments.end()});
  }
  if (verb == "agent") {
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    std::error_code ignored;
    const std::string self = ameide::fs::read_symlink("/proc/self/exe", ignored).string();
    if (const auto code = ameide::task::PublishVerb(rest, environment, {self, "agent"})) {
      return *code;
    }
    return ameide::task::AgentMain(rest, environment);
  }
  return ameide::task::LauncherMain(arguments, environment);
}
