// The verb `tool`. CLI11 stops here.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "task/contract/words.h"
#include "task/executor/tool_server.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxInput = 4u << 20;
constexpr uint64_t kMaxPem = 256u << 10;
constexpr int kJsonDepth = 32;
constexpr char kVerb[] = "tool";

struct Arguments {
  std::string contract;
  std::string spec;
  std::string certificate;
  std::string key;
  std::string authorities;
  std::string log_level = "warn";
  ToolInputs inputs;
};

void AddOptions(CLI::App* app, Arguments* arguments) {
  ToolInputs& inputs = arguments->inputs;
  app->add_option("--contract", arguments->contract, "The profile's task.json")->required();
  app->add_option("--spec", arguments->spec, "The task's spec.json; the one beside the contract");
  app->add_option("--endpoint", inputs.endpoint, "The executor's https URL");
  app->add_option("--cert", arguments->certificate, "The client's certificate (PEM file)");
  app->add_option("--key", arguments->key, "Its key (PEM file)");
  app->add_option("--ca", arguments->authorities, "Authorities to trust (PEM file)");
  app->add_option("--task-id", inputs.task_id, "The task; the spec's work_id");
  app->add_option("--log", arguments->log_level, "debug, info, warn, error or off, on stderr");
  app->footer(
      "Endpoint, certificate, key and authorities: else from the variables that the\n"
      "contract names. Speaks MCP on standard input and output.");
}

Result<Json> ReadJson(const fs::path& path) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxInput));
  Result<Json> json = ParseJson(text, {.bytes = kMaxInput, .depth = kJsonDepth});
  if (json.ok()) return json;
  Error error = json.error();
  error.target = path.string();
  return error;
}

template <class T>
Result<T> ReadDocument(const fs::path& path, Checked<T> (*from)(const Json&)) {
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ReadJson(path));
  Checked<T> value = from(json);
  if (!value.ok()) return ToError(value.problems, "read", path.string());
  return std::move(*value.value);
}

Status ReadPem(const std::string& path, std::string* pem) {
  if (path.empty()) return Ok{};
  AMEIDE_ASSIGN_OR_RETURN(*pem, ReadFile(path, kMaxPem));
  return Ok{};
}

Result<ToolInputs> ReadInputs(Arguments arguments, const Environment& environment,
                              const Clock& clock) {
  ToolInputs inputs = std::move(arguments.inputs);
  inputs.environment = environment;
  const fs::path contract = fs::absolute(arguments.contract).lexically_normal();
  inputs.folder = contract.parent_path();
  AMEIDE_ASSIGN_OR_RETURN(inputs.contract, ReadDocument(contract, ProfileContractFromJson));
  const fs::path spec =
      arguments.spec.empty() ? inputs.folder / "spec.json" : fs::path(arguments.spec);
  inputs.started = clock.Now();
  if (!arguments.spec.empty() || Exists(spec)) {
    AMEIDE_ASSIGN_OR_RETURN(inputs.spec, ReadDocument(spec, TaskSpecFromJson));
    std::error_code error;
    const auto written = fs::last_write_time(spec, error);
    if (!error) {
      const auto time = std::chrono::file_clock::to_sys(written);
      const auto began = std::chrono::time_point_cast<WallTime::duration>(time);
      if (began < inputs.started) inputs.started = began;
    }
  }
  AMEIDE_RETURN_IF_ERROR(ReadPem(arguments.certificate, &inputs.certificate_pem));
  AMEIDE_RETURN_IF_ERROR(ReadPem(arguments.key, &inputs.key_pem));
  AMEIDE_RETURN_IF_ERROR(ReadPem(arguments.authorities, &inputs.ca_pem));
  return inputs;
}

int Complain(std::string_view words, int code) {
  std::fputs(StrCat("tool: ", words, "\n").c_str(), stderr);
  return code;
}

int Run(Arguments arguments, const Environment& environment) {
  ::signal(SIGPIPE, SIG_IGN);
  const StopOnSignal stop;
  const SystemClock clock;
  const Log log(ParseLogLevel(arguments.log_level), "executor", clock, FdSink(STDERR_FILENO));
  const Result<ToolInputs> inputs = ReadInputs(std::move(arguments), environment, clock);
  if (!inputs.ok()) return Complain(inputs.error().ToString(), kExitUsage);
  const Result<ToolSettings> settings = SettingsFrom(*inputs);
  if (!settings.ok()) return Complain(settings.error().ToString(), kExitUsage);
  const Status served = ServeTools(*settings, AMEIDE_VERSION, {STDIN_FILENO, STDOUT_FILENO}, clock,
                                   log, stop.token());
  if (!served.ok()) return Complain(served.error().ToString(), kExitInternal);
  return stop.token().stop_requested() ? kExitCancelled : 0;
}

}  // namespace

std::optional<int> ToolVerb(const std::vector<std::string>& arguments,
                            const Environment& environment) {
  if (arguments.empty() || arguments.front() != kVerb) return std::nullopt;
  Arguments parsed;
  CLI::App app("Offers the executor's tools to an MCP client.", "ameide-agent tool");
  AddOptions(&app, &parsed);
  try {
    // CLI11 takes the arguments last one first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend() - 1));
  } catch (const CLI::Success& success) {
    return app.exit(success);  // --help
  } catch (const CLI::ParseError& error) {
    return Complain(StrCat(error.what(), "\n", app.help()), kExitUsage);
  }
  return Run(std::move(parsed), environment);
}

}  // namespace ameide::task
