// ameide-launcher: the task engine without Terraform. Two more verbs are for itself only and so not
// in the help: `supervise FOLDER` owns a local workspace, `agent …` runs a task in it.
#include <unistd.h>

#include <exception>

#include "base/descriptor_limit.h"
#include "base/environment.h"
#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/agent/agent.h"
#include "task/launcher/coder/coder_parts.h"
#include "task/launcher/command_line.h"
#include "task/launcher/command_support.h"
#include "task/launcher/commands.h"
#include "task/launcher/local/local_backend.h"
#include "task/launcher/local/local_publisher.h"
#include "task/launcher/local/local_settings.h"
#include "task/publish/publish.h"

namespace ameide::task {
namespace {

// An answer that nobody can read is no success.
int Finish(const CommandOutput& output) {
  const Status written = WriteAll(STDOUT_FILENO, output.out, "standard output");
  (void)WriteAll(STDERR_FILENO, output.err, "standard error");
  if (written.ok() || output.exit_code != 0) return output.exit_code;
  const std::string problem = StrCat("error: ", written.error().ToString(), "\n");
  (void)WriteAll(STDERR_FILENO, problem, "standard error");
  return kLauncherError;
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
    const bool asked = early->code == 0;
    return Finish({early->code, asked ? early->text : "", asked ? "" : early->text});
  }
  CommandLine line = std::get<CommandLine>(parsed);
  if (const std::string temp = Get(environment, "TMPDIR"); !temp.empty()) line.scratch = temp;
  if (const auto output = ExecuteOffline(line)) return Finish(*output);
  if (line.state.empty()) {
    const auto state = DefaultStateDirectory(environment);
    if (!state.ok()) return Finish(Unusable(state.error()));
    line.state = *state;
  }
  std::error_code error;
  const std::string self = fs::read_symlink("/proc/self/exe", error).string();
  if (error) return Finish({kLauncherError, "", "error: /proc is not mounted; mount it\n"});
  RaiseDescriptorLimit();
  const StopOnSignal stop;
  const SystemClock clock;
  const Log log(ParseLogLevel(line.log_level), "launcher", clock, FdSink(STDERR_FILENO));
  Result<std::unique_ptr<Launcher>> launcher = line.backend == "coder"
                                                   ? CoderLauncher(line, environment, clock)
                                                   : LocalLauncher(line, environment, self);
  if (!launcher.ok()) return Finish(Unusable(launcher.error()));
  return Finish(Execute(line, **launcher, {stop.token(), clock, log}));
}

int Dispatch(const std::vector<std::string>& arguments) {
  const std::string verb = arguments.empty() ? "" : arguments.front();
  const Environment environment = ProcessEnvironment();
  if (verb == "supervise") return SupervisorMain({arguments.begin() + 1, arguments.end()});
  if (verb == "agent") {
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    std::error_code ignored;
    const std::string self = fs::read_symlink("/proc/self/exe", ignored).string();
    if (const auto code = PublishVerb(rest, environment, {self, "agent"})) return *code;
    return AgentMain(rest, environment);
  }
  return LauncherMain(arguments, environment);
}

int Main(const std::vector<std::string>& arguments) {
  try {
    return Dispatch(arguments);
  } catch (const std::exception& error) {
    return Finish({kLauncherError, "",
                   StrCat("error: internal: ", ToPrintable(error.what()), "; please report it\n")});
  }
}

}  // namespace
}  // namespace ameide::task

int main(int argc, char** argv) { return ameide::task::Main({argv + 1, argv + argc}); }
