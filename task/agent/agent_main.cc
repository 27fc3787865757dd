#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <stop_token>

#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "task/agent/agent.h"
#include "task/agent/echo.h"
#include "task/agent/environment.h"
#include "task/agent/install.h"
#include "task/agent/preflight.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxInput = 4u << 20;  // spec.json and task.json
constexpr int kJsonDepth = 32;

struct Arguments {
  std::string kind;
  std::string spec;
  std::string contract;
  std::string workspace;
  std::string evidence;
  std::string secrets;
  std::optional<uint64_t> echo_limit;
};

constexpr char kSelf[] = "/proc/self/exe";  // Linux, proc(5)

// While it lives, no other process of the same user can read this one's memory (Linux, prctl(2)):
// the command must not find the secrets of other phases there. Programs that we start are not
// affected.
class Undumpable {
 public:
  Undumpable() : changed_(::prctl(PR_SET_DUMPABLE, 0) == 0) {}
  ~Undumpable() {
    if (changed_) ::prctl(PR_SET_DUMPABLE, 1);
  }
  Undumpable(const Undumpable&) = delete;
  Undumpable& operator=(const Undumpable&) = delete;

 private:
  bool changed_;
};

// What the two files say, or why the task is refused.
struct Inputs {
  TaskSpec spec;
  ProfileContract contract;
  std::string refusal;
};

Result<Json> ReadJson(const std::string& path) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxInput));
  Result<Json> json = ParseJson(text, {.bytes = kMaxInput, .depth = kJsonDepth});
  if (!json.ok()) {
    Error error = json.error();
    error.target = path;
    return error;
  }
  return json;
}

// A spec that does not hold still names its run, if it does: the evidence goes by these.
TaskSpec KnownPart(const Json& json, TaskKind kind) {
  TaskSpec known;
  known.kind = kind;
  const auto text = [&](std::string_view key) {
    const Json* member = json.Find(key);
    const std::string* value = member == nullptr ? nullptr : member->AsString();
    return value == nullptr ? std::string() : *value;
  };
  if (WorkIdProblem(text("work_id")).empty()) known.work_id = text("work_id");
  if (RunIdProblem(text("run_id")).empty()) known.run_id = text("run_id");
  return known;
}

Inputs ReadInputs(const Arguments& arguments, TaskKind kind) {
  Inputs inputs;
  inputs.spec.kind = kind;
  const Result<Json> spec_json = ReadJson(arguments.spec);
  if (!spec_json.ok()) {
    inputs.refusal = spec_json.error().ToString();
    return inputs;
  }
  inputs.spec = KnownPart(*spec_json, kind);
  Checked<TaskSpec> spec = TaskSpecFromJson(*spec_json);
  if (!spec.ok()) {
    inputs.refusal = ToError(spec.problems, "read task spec", arguments.spec).ToString();
    return inputs;
  }
  inputs.spec = std::move(*spec.value);
  const Result<Json> contract_json = ReadJson(arguments.contract);
  if (!contract_json.ok()) {
    inputs.refusal = contract_json.error().ToString();
    return inputs;
  }
  Checked<ProfileContract> contract = ProfileContractFromJson(*contract_json);
  if (!contract.ok()) {
    inputs.refusal = ToError(contract.problems, "read contract", arguments.contract).ToString();
    return inputs;
  }
  inputs.contract = std::move(*contract.value);
  if (inputs.spec.kind != kind) {
    inputs.refusal = StrCat("asked to run '", arguments.kind, "', but the spec is of kind '",
                            ToString(inputs.spec.kind), "'");
  }
  return inputs;
}

int RunWith(const Arguments& arguments, TaskKind kind,
            const std::map<std::string, std::string>& environment) {
  const SystemClock clock;
  ForgetProcessEnvironment();
  // Who reads our output may go, and a file may hit a limit: errors, not our end. Programs that we
  // start get both signals back.
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_IGN);
  std::optional<Echo> echo;
  if (arguments.echo_limit) echo.emplace(*arguments.echo_limit, STDOUT_FILENO, STDERR_FILENO);
  const AgentOptions options{.workspace = fs::absolute(arguments.workspace).lexically_normal(),
                             .evidence = fs::absolute(arguments.evidence).lexically_normal(),
                             .secrets = arguments.secrets.empty()
                                            ? fs::path()
                                            : fs::absolute(arguments.secrets).lexically_normal(),
                             .environment = RunEnvironment(environment),
                             .echo = echo ? &*echo : nullptr};
  const StopOnSignal stop;
  const Undumpable undumpable;
  const Inputs inputs = ReadInputs(arguments, kind);
  if (!inputs.refusal.empty()) return RefuseTask(options, inputs.spec, inputs.refusal, clock);
  return RunTask(options, inputs.spec, inputs.contract, clock, stop.token());
}

int Complain(std::string_view text, int code) {
  std::fputs(StrCat("ameide-agent: ", text, "\n").c_str(), stderr);
  return code;
}

int Check(PreflightRequest request, bool json, bool sarif, const Environment& environment) {
  const std::string temporary = Get(environment, "TMPDIR");
  request.directory = fs::current_path();
  request.form = json ? PreflightForm::kJson : sarif ? PreflightForm::kSarif : PreflightForm::kText;
  request.scratch_parent = temporary.empty() ? "/tmp" : temporary;
  request.environment = environment;
  const Result<PreflightOutput> output = Preflight(request, SystemClock());
  if (!output.ok()) return Complain(output.error().ToString(), kExitRefused);
  std::fputs(output->text.c_str(), stdout);
  return output->broken ? kExitGuardrailViolation : 0;
}

// The words of the command line. CLI11 keeps pointers into it.
struct CommandLine {
  CommandLine() {
    app.set_version_flag("--version", AMEIDE_VERSION);
    app.require_subcommand(1);
    app.footer("Further verbs with a help of their own: serve, publish, tool.");
    AddRun(app.add_subcommand("task", "Tasks")
               ->require_subcommand(1)
               ->add_subcommand("run", "Checks out, runs the command, leaves evidence"));
    install->add_option("folders", folders, "Where to; made when missing")->required();
    AddPreflight();
  }

  void AddRun(CLI::App* verb) {
    verb->add_option("kind", run.kind, "preflight, patch, triage, repo_digest or run")->required();
    verb->add_option("--spec", run.spec, "The task's spec.json")->required();
    verb->add_option("--contract", run.contract, "The profile's task.json")->required();
    verb->add_option("--workspace", run.workspace, "The workspace's folder")->required();
    verb->add_option("--evidence", run.evidence, "Where the evidence bundle goes")->required();
    verb->add_option("--secrets", run.secrets,
                     "A folder with one file per secret variable; it is removed");
    verb->add_option(
        "--echo-limit", run.echo_limit,
        "Pass on at most so many bytes of the command's output, then say how it ended");
  }

  void AddPreflight() {
    CLI::Option* contract = check->add_option("--contract", request.contract, "A task.json");
    check->add_option("--profile", request.profiles, "Built-in profiles")->excludes(contract);
    check->add_option("--base", request.base, "What to compare with; the remote's default branch");
    CLI::Option* as_json = check->add_flag("--json", json, "Print JSON");
    check->add_flag("--sarif", sarif, "Print SARIF 2.1.0")->excludes(as_json);
  }

  CLI::App app{"Runs one Ameide task inside its workspace, or checks a checkout.", "ameide-agent"};
  CLI::App* install = app.add_subcommand("install", "Copies this program");
  CLI::App* check = app.add_subcommand("preflight", "Checks the changes of this checkout");
  Arguments run;
  std::vector<std::string> folders;
  PreflightRequest request;
  bool json = false;
  bool sarif = false;
};

}  // namespace

int AgentMain(const std::vector<std::string>& arguments,
              const std::map<std::string, std::string>& environment) {
  CommandLine line;
  try {
    // CLI11 takes the arguments last one first.
    line.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& success) {
    return line.app.exit(success);  // --help and --version
  } catch (const CLI::ParseError& error) {
    std::fputs(StrCat("ameide-agent: ", error.what(), "\n", line.app.help()).c_str(), stderr);
    return kExitUsage;
  }
  if (line.install->parsed()) {
    const Status installed = InstallProgram(kSelf, line.folders);
    return installed.ok() ? 0 : Complain(installed.error().ToString(), kExitInternal);
  }
  if (line.check->parsed()) {
    return Check(std::move(line.request), line.json, line.sarif, environment);
  }
  const std::optional<TaskKind> kind = TaskKindFrom(line.run.kind);
  if (!kind) {
    return Complain(StrCat("unknown task kind '", line.run.kind,
                           "'; use one of preflight, patch, triage, repo_digest, run"),
                    kExitUsage);
  }
  return RunWith(line.run, *kind, environment);
}

}  // namespace ameide::task
