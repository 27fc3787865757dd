#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <stop_token>

#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "task/agent/agent.h"
#include "task/agent/environment.h"
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
};

// While it lives, no other process of the same user can read this one's memory or environment
// (Linux, prctl(2)): the command must not find the secrets of other phases there. Programs that we
// start are not affected.
class Undumpable {
 public:
  explicit Undumpable(bool wanted) : changed_(wanted && ::prctl(PR_SET_DUMPABLE, 0) == 0) {}
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
  const AgentOptions options{.workspace = fs::absolute(arguments.workspace).lexically_normal(),
                             .evidence = fs::absolute(arguments.evidence).lexically_normal(),
                             .secrets = arguments.secrets.empty()
                                            ? fs::path()
                                            : fs::absolute(arguments.secrets).lexically_normal(),
                             .environment = RunEnvironment(environment)};
  const StopOnSignal stop;
  const Undumpable undumpable(!arguments.secrets.empty());
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

}  // namespace

int AgentMain(const std::vector<std::string>& arguments,
              const std::map<std::string, std::string>& environment) {
  Arguments parsed;
  CLI::App app("Runs one Ameide task inside its workspace, or checks a checkout.", "ameide-agent");
  app.set_version_flag("--version", AMEIDE_VERSION);
  app.require_subcommand(1);
  CLI::App* task = app.add_subcommand("task", "Tasks")->require_subcommand(1);
  CLI::App* run = task->add_subcommand("run", "Checks out, runs the command, leaves evidence");
  run->add_option("kind", parsed.kind, "preflight, patch, triage, repo_digest or run")->required();
  run->add_option("--spec", parsed.spec, "The task's spec.json")->required();
  run->add_option("--contract", parsed.contract, "The profile's task.json")->required();
  run->add_option("--workspace", parsed.workspace, "The workspace's folder")->required();
  run->add_option("--evidence", parsed.evidence, "Where the evidence bundle goes")->required();
  run->add_option("--secrets", parsed.secrets,
                  "A folder with one file per secret variable; it is removed");
  PreflightRequest request;
  bool json = false;
  bool sarif = false;
  CLI::App* check = app.add_subcommand("preflight", "Checks the changes of this checkout");
  CLI::Option* contract = check->add_option("--contract", request.contract, "A task.json");
  check->add_option("--profile", request.profiles, "Built-in profiles")->excludes(contract);
  check->add_option("--base", request.base, "What to compare with; the remote's default branch");
  CLI::Option* as_json = check->add_flag("--json", json, "Print JSON");
  check->add_flag("--sarif", sarif, "Print SARIF 2.1.0")->excludes(as_json);
  try {
    // CLI11 takes the arguments last one first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& success) {
    return app.exit(success);  // --help and --version
  } catch (const CLI::ParseError& error) {
    std::fputs(StrCat("ameide-agent: ", error.what(), "\n", app.help()).c_str(), stderr);
    return kExitUsage;
  }
  if (check->parsed()) return Check(std::move(request), json, sarif, environment);
  const std::optional<TaskKind> kind = TaskKindFrom(parsed.kind);
  if (!kind) {
    return Complain(StrCat("unknown task kind '", parsed.kind,
                           "'; use one of preflight, patch, triage, repo_digest, run"),
                    kExitUsage);
  }
  return RunWith(parsed, *kind, environment);
}

}  // namespace ameide::task
