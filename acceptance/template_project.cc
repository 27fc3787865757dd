#include "acceptance/template_project.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"

namespace ameide::acceptance {
namespace {

constexpr Millis kCommandTimeout{180'000};
#if defined(__aarch64__)
constexpr char kPlatform[] = "linux_arm64";
#else
constexpr char kPlatform[] = "linux_amd64";
#endif

// Terraform and OpenTofu complete "coder/coder" with a host of their own.
std::vector<std::string> AddressesOf(const std::string& recorded) {
  return {recorded, StrReplaceAll(recorded, "terraform.io/", "opentofu.org/")};
}

}  // namespace

TemplateProject::TemplateProject() {
  for (const char* folder : {"home", "tmp", "mirror", "project"}) {
    MakeDirectories(temp_.path() / folder).value();
  }
  InstallStandIn("coder.json", "2.19.0");
  InstallStandIn("kubernetes.json", "3.2.1");
  // A mirror and nothing else: what is not in it cannot be had.
  WriteFileAtomically(temp_.path() / "cli.tfrc",
                      StrCat("provider_installation {\n  filesystem_mirror {\n    path = \"",
                             mirror().string(), "\"\n  }\n}\n"))
      .value();
}

void TemplateProject::InstallStandIn(const std::string& recording, const std::string& version) {
  const fs::path file =
      fs::path(AMEIDE_SOURCE_DIR) / "acceptance/testdata/provider_schemas" / recording;
  const Json json = ParseJson(ReadFile(file, 16u << 20).value()).value();
  const std::string address = json.Find("provider_schemas")->AsObject()->front().first;
  for (const std::string& name : AddressesOf(address)) {
    const fs::path folder = mirror() / name / version / kPlatform;
    MakeDirectories(folder).value();
    const std::string program =
        StrCat("terraform-provider-", fs::path(name).filename().string(), "_v", version);
    // exec: Terraform must be the parent of what serves it.
    WriteFileAtomically(folder / program,
                        StrCat("#!/bin/sh\nexec '", AMEIDE_BUILD_DIR,
                               "/bin/ameide-schema-provider' '", file.string(), "'\n"),
                        0755)
        .value();
  }
}

void TemplateProject::Write(const std::string& path, std::string_view text) {
  MakeDirectories(folder(path).parent_path()).value();
  WriteFileAtomically(folder(path), text).value();
}

void TemplateProject::Copy(const fs::path& from, const std::string& path) {
  fs::copy(from, folder(path), fs::copy_options::recursive);
}

TerraformRun TemplateProject::Run(const std::string& path, std::vector<std::string> arguments,
                                  const Environment& environment) const {
  SpawnOptions options{.argv = {TerraformProgram()},
                       .environment = environment,
                       .directory = folder(path),
                       .new_session = true};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.argv.push_back("-no-color");
  options.environment.insert({{"PATH", Get(ProcessEnvironment(), "PATH")},
                              {"HOME", (temp_.path() / "home").string()},
                              {"TMPDIR", (temp_.path() / "tmp").string()},
                              {"TF_CLI_CONFIG_FILE", (temp_.path() / "cli.tfrc").string()},
                              {"TF_IN_AUTOMATION", "1"},
                              {"CHECKPOINT_DISABLE", "1"}});
  const SystemClock clock;
  const Result<CommandResult> result = RunCommand(options, {.timeout = kCommandTimeout}, clock);
  if (!result.ok()) return {.exit_code = -1, .out = "", .err = result.error().ToString()};
  return {.exit_code = result->timed_out ? -1 : result->status.ShellCode(),
          .out = result->out,
          .err = result->err};
}

}  // namespace ameide::acceptance
