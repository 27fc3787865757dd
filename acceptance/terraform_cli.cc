#include "acceptance/terraform_cli.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/clock.h"
#include "base/environment.h"
#include "base/strings.h"

namespace ameide::acceptance {
namespace {

constexpr Millis kCommandTimeout{180'000};
constexpr Millis kGoneTimeout{15'000};
constexpr Millis kOutputTimeout{60'000};

std::string OnPath(std::string_view program, const std::string& path) {
  for (const std::string_view folder : StrSplit(path, ':')) {
    std::string candidate = StrCat(folder, "/", program);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

// A file of /proc/<pid>; empty when the process is gone.
std::string ProcText(const Process& process, std::string_view file) {
  const Result<std::string> text = ReadFile(StrCat("/proc/", process.id.pid, "/", file), 4u << 20);
  return text.ok() ? *text : "";
}

// Processes of ours whose command line or environment names this project's folder.
std::vector<Process> ProcessesNaming(const std::string& folder) {
  std::vector<Process> found;
  for (const Process& process : AllProcesses()) {
    if (process.id.pid == ::getpid()) continue;
    for (const char* file : {"cmdline", "environ"}) {
      if (ProcText(process, file).find(folder) == std::string::npos) continue;
      found.push_back(process);
      break;
    }
  }
  return found;
}

}  // namespace

std::string TerraformProgram() {
  const Environment environment = ProcessEnvironment();
  if (const std::string given = Get(environment, "TF_ACC_TERRAFORM_PATH"); !given.empty()) {
    return given;
  }
  const std::string path = Get(environment, "PATH");
  const std::string terraform = OnPath("terraform", path);
  return terraform.empty() ? OnPath("tofu", path) : terraform;
}

TerraformProject::TerraformProject() : folder_(temp_.path() / "project") {
  MakeDirectories(folder_ / "tmp").value();
  const std::string config =
      StrCat("provider_installation {\n  dev_overrides {\n", "    \"ameideio/ameide\" = \"",
             AMEIDE_BUILD_DIR, "/bin\"\n  }\n}\n");
  WriteFileAtomically(folder_ / "cli.tfrc", config).value();
  environment_ = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                  {"HOME", folder_.string()},
                  {"TMPDIR", (folder_ / "tmp").string()},
                  {"TF_CLI_CONFIG_FILE", (folder_ / "cli.tfrc").string()},
                  {"TF_IN_AUTOMATION", "1"},
                  {"CHECKPOINT_DISABLE", "1"}};
}

void TerraformProject::Write(const std::string& body, const std::string& provider_settings) {
  const std::string text = StrCat(
      "terraform {\n  required_providers {\n    ameide = {\n      source = \"ameideio/ameide\"\n",
      "    }\n  }\n}\n\nprovider \"ameide\" {\n  workspaces_dir = \"", workspaces().string(),
      "\"\n  evidence_dir = \"", evidence().string(), "\"\n  ", provider_settings, "\n}\n\n", body);
  WriteFileAtomically(folder_ / "main.tf", text).value();
}

void TerraformProject::SetEnvironment(const std::string& name, const std::string& value) {
  environment_[name] = value;
}

SpawnOptions TerraformProject::Options(std::vector<std::string> arguments) const {
  SpawnOptions options{.argv = {TerraformProgram()},
                       .environment = environment_,
                       .directory = folder_,
                       .new_session = true};
  options.argv.push_back(arguments.front());
  if (arguments.front() != "state") options.argv.push_back("-no-color");
  options.argv.insert(options.argv.end(), arguments.begin() + 1, arguments.end());
  return options;
}

TerraformRun TerraformProject::Run(std::vector<std::string> arguments) {
  const SystemClock clock;
  const Result<CommandResult> result =
      RunCommand(Options(std::move(arguments)), {.timeout = kCommandTimeout}, clock);
  if (!result.ok()) return {.exit_code = -1, .out = "", .err = result.error().ToString()};
  return {.exit_code = result->timed_out ? -1 : result->status.ShellCode(),
          .out = result->out,
          .err = result->err};
}

Subprocess TerraformProject::Start(std::vector<std::string> arguments) {
  SpawnOptions options = Options(std::move(arguments));
  const UniqueFd out(
      ::open((folder_ / "run.out").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  options.stdout_fd = out.get();
  options.stderr_fd = out.get();
  return Subprocess::Spawn(options).value();
}

bool TerraformProject::WaitForOutput(std::string_view words) const {
  const SystemClock clock;
  const MonoTime deadline = clock.Monotonic() + kOutputTimeout;
  do {
    const Result<std::string> text = ReadFile(folder_ / "run.out", 64u << 20);
    if (text.ok() && text->find(words) != text->npos) return true;
  } while (clock.Monotonic() < deadline && clock.WaitFor({}, Millis(20)));
  return false;
}

std::string TerraformProject::StateText() {
  const Result<std::string> text = ReadFile(folder_ / "terraform.tfstate", 64u << 20);
  return text.ok() ? *text : "{}";
}

Json TerraformProject::State() {
  const Json state = ParseJson(StateText()).value();
  const Json* resources = state.Find("resources");
  if (resources == nullptr || resources->AsArray()->empty()) return Json();
  return *(*(*resources->AsArray())[0].Find("instances")->AsArray())[0].Find("attributes");
}

bool TerraformProject::StateIsTainted() {
  return StateText().find("\"status\": \"tainted\"") != std::string::npos;
}

std::vector<ProcessId> TerraformProject::Providers() const {
  std::vector<ProcessId> found;
  const std::string alone = StrCat(AMEIDE_BUILD_DIR, "/bin/terraform-provider-ameide") + '\0';
  for (const Process& process : ProcessesNaming(folder_.string())) {
    if (ProcText(process, "cmdline") == alone) found.push_back(process.id);
  }
  return found;
}

std::vector<std::string> TerraformProject::Leftovers() const {
  const SystemClock clock;
  std::vector<std::string> found;
  const MonoTime deadline = clock.Monotonic() + kGoneTimeout;
  do {
    found.clear();
    for (const Process& process : ProcessesNaming(folder_.string())) {
      found.push_back(StrCat("process ", process.id.pid, " ", process.name));
    }
    std::error_code ignored;
    for (const fs::path& place : {workspaces() / "workspaces", folder_ / "tmp"}) {
      for (const auto& entry : fs::directory_iterator(place, ignored)) {
        found.push_back(entry.path().string());
      }
    }
    if (found.empty()) return found;
  } while (clock.Monotonic() < deadline && clock.WaitFor({}, Millis(100)));
  return found;
}

}  // namespace ameide::acceptance
