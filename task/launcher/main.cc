// ameide-launcher: the task engine without Terraform. Two more verbs are for itself only and so not
// in the help: `supervise FOLDER` owns a local workspace, `agent …` runs a task in it.
#include <unistd.h>

#include "base/environment.h"
#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "task/agent/agent.h"
#include "task/launcher/coder/coder_parts.h"
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

// The publish program's own options; kInvalid for an identity that no commit can have.
Result<std::vector<std::string>> HowToPublish(const CommandLine& line) {
  BotIdentity bot;
  if (!line.bot_name.empty()) bot.name = line.bot_name;
  if (!line.bot_email.empty()) bot.email = line.bot_email;
  if (std::string problem = BotProblem(bot); !problem.empty()) {
    return Error{ErrorKind::kInvalid, "use", "--bot-name and --bot-email", std::move(problem), ""};
  }
  return std::vector<std::string>{"--host", line.publish_host, "--bot-name",
                                  bot.name, "--bot-email",     bot.email};
}

Result<std::unique_ptr<Launcher>> LocalLauncher(const CommandLine& line,
                                                const Environment& environment,
                                                const std::string& self) {
  AMEIDE_ASSIGN_OR_RETURN(std::vector<std::string> how, HowToPublish(line));
  LocalBackendOptions options;
  options.root = line.state / "workspaces";
  options.supervisor = {self, "supervise"};
  options.agent = {self, "agent"};
  options.environment = TaskEnvironment(environment);
  options.secrets_dir = line.secrets;
  LocalPublisherOptions publishing;
  publishing.program = {self, "agent", "publish"};
  publishing.how = std::move(how);
  publishing.root = line.state / "publish";
  publishing.secrets_dir = line.secrets;
  publishing.environment = options.environment;
  return std::make_unique<Launcher>(MakeLocalBackend(std::move(options)), line.state / "records",
                                    MakeLocalPublisher(std::move(publishing)));
}

Result<std::unique_ptr<Launcher>> CoderLauncher(const CommandLine& line,
                                                const Environment& environment,
                                                const Clock& clock) {
  CoderSettings settings;
  settings.allow_orphan_delete = line.allow_orphan_delete;
  settings.template_version = line.template_version;
  AMEIDE_ASSIGN_OR_RETURN(CoderParts parts,
                          MakeCoderParts({}, settings, line.state, environment, clock));
  return std::make_unique<Launcher>(std::move(parts.backend), parts.records,
                                    std::move(parts.publisher));
}

int LauncherMain(const std::vector<std::string>& arguments, const Environment& environment) {
  const auto parsed = ParseCommandLine(arguments, AMEIDE_VERSION);
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    Write(early->code == 0 ? STDOUT_FILENO : STDERR_FILENO, early->text);
    return early->code;
  }
  CommandLine line = std::get<CommandLine>(parsed);
  if (const std::string temp = Get(environment, "TMPDIR"); !temp.empty()) line.scratch = temp;
  if (const auto output = ExecuteOffline(line)) return Finish(*output);
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
  Result<std::unique_ptr<Launcher>> launcher = line.backend == "coder"
                                                   ? CoderLauncher(line, environment, clock)
                                                   : LocalLauncher(line, environment, self);
  if (!launcher.ok()) {
    return Finish({kLauncherUsage, "", StrCat("error: ", launcher.error().ToString(), "\n")});
  }
  return Finish(Execute(line, **launcher, {stop.token(), clock, log}));
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
