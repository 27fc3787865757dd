#include "acceptance/coder_simulator/import_check.h"

#include <unistd.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "acceptance/coder_simulator/template_plan.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace ameide::simulator {
namespace {

constexpr size_t kMaxArchive = 1u << 20;  // of what Coder's own tools send (facts 2.2)
constexpr size_t kMaxScript = 128u << 10;
constexpr Millis kTerraformTimeout{180'000};

// A workspace with every default, so that what depends on it is looked at, too.
WorkspaceFacts Sample(const TemplateModel& model) {
  WorkspaceFacts facts{.id = "sample",
                       .name = "sample",
                       .owner_id = "sample",
                       .owner_name = "sample",
                       .access_url = "http://localhost",
                       .agent_id = "sample",
                       .agent_token = "sample",
                       .parameters = {},
                       .variables = {}};
  for (const RichParameter& parameter : model.parameters) {
    if (parameter.type != "number" || !parameter.required) continue;
    facts.parameters[parameter.name] = std::to_string(parameter.validation_min.value_or(1));
  }
  return facts;
}

Status CheckSample(const TemplateModel& model) {
  AMEIDE_ASSIGN_OR_RETURN(const TemplatePlan plan, PlanTemplate(model, Sample(model)));
  for (const TemplatePlan::Script& script : plan.scripts) {
    if (script.text.size() < kMaxScript) continue;
    return Error{ErrorKind::kInvalid, "import template", script.display_name,
                 "the script is too long for an argument", ""};
  }
  return Ok{};
}

// With a mirror nothing of the caller's own settings counts, and what is not in it cannot be had.
Result<Environment> TerraformEnvironment(const ImportSettings& settings, const fs::path& folder) {
  Environment environment = settings.environment;
  if (!settings.provider_mirror.empty()) {
    const fs::path config = folder / "terraform.rc";
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(
        config, StrCat("provider_installation {\n  filesystem_mirror {\n    path = \"",
                       settings.provider_mirror.string(), "\"\n  }\n}\n")));
    environment = {{"PATH", Get(settings.environment, "PATH")},
                   {"HOME", folder.string()},
                   {"TF_CLI_CONFIG_FILE", config.string()}};
  }
  environment["CHECKPOINT_DISABLE"] = "1";
  environment["TF_IN_AUTOMATION"] = "1";
  return environment;
}

Status Validate(const TemplateFiles& files, const ImportSettings& settings, const Clock& clock,
                const std::stop_token& stop) {
  AMEIDE_ASSIGN_OR_RETURN(const fs::path folder, MakeTempDirectory(settings.scratch, "import-"));
  const absl::Cleanup remove = [&] { RemoveTree(folder).ok(); };
  // One level deep: the coder provider makes a folder beside its working directory.
  const fs::path work = folder / "template";
  for (const auto& [name, bytes] : files) {
    AMEIDE_RETURN_IF_ERROR(MakeDirectories((work / name).parent_path()));
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(work / name, bytes));
  }
  AMEIDE_ASSIGN_OR_RETURN(const Environment environment, TerraformEnvironment(settings, folder));
  const std::string program = settings.terraform.string();
  for (const std::vector<std::string>& argv :
       {std::vector<std::string>{program, "init", "-backend=false", "-input=false", "-no-color"},
        std::vector<std::string>{program, "validate", "-no-color"}}) {
    AMEIDE_ASSIGN_OR_RETURN(
        const CommandResult result,
        RunCommand({.argv = argv, .environment = environment, .directory = work},
                   {.timeout = kTerraformTimeout}, clock, stop));
    if (result.status.Success()) continue;
    const std::string said = ToPrintable(StripWhitespace(result.err + result.out));
    return Error{ErrorKind::kInvalid, StrCat("terraform ", argv[1]), "the template",
                 result.timed_out ? "it takes too long" : std::string(Tail(said, 20, 2000)), ""};
  }
  return Ok{};
}

}  // namespace

Status CheckImportSettings(const ImportSettings& settings) {
  const auto unusable = [](const fs::path& path, std::string cause) {
    return Error{ErrorKind::kInvalid, "use for import jobs", path.string(), std::move(cause), ""};
  };
  const fs::path& terraform = settings.terraform;
  const fs::path& mirror = settings.provider_mirror;
  std::error_code absent;
  if (!terraform.empty() &&
      (!fs::is_regular_file(terraform, absent) || ::access(terraform.c_str(), X_OK) != 0)) {
    return unusable(terraform, "it is no program");
  }
  if (mirror.empty()) return Ok{};
  if (terraform.empty()) return unusable(mirror, "a provider mirror needs a terraform, too");
  if (!fs::is_directory(mirror, absent)) return unusable(mirror, "it is no folder");
  return Ok{};
}

Result<TemplateModel> ImportTemplate(std::string_view archive, const ImportSettings& settings,
                                     const Clock& clock, std::stop_token stop) {
  if (archive.size() > kMaxArchive) {
    return Error{ErrorKind::kInvalid, "import template", "the archive", "it is over 1 MiB",
                 "leave out what the template does not need"};
  }
  AMEIDE_ASSIGN_OR_RETURN(const TemplateFiles files, ReadTar(archive));
  AMEIDE_ASSIGN_OR_RETURN(TemplateModel model, ReadTemplate(files));
  AMEIDE_RETURN_IF_ERROR(CheckSample(model));
  if (!settings.terraform.empty()) {
    AMEIDE_RETURN_IF_ERROR(Validate(files, settings, clock, stop));
  }
  return model;
}

}  // namespace ameide::simulator
