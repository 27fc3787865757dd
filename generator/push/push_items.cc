#include "generator/push/push_items.h"

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "base/text.h"
#include "generator/lint/template_lint.h"
#include "generator/output.h"
#include "generator/push/smoke_task.h"
#include "generator/push/template_settings.h"
#include "task/coder/connection.h"
#include "task/contract/profile_rules.h"

namespace ameide::generator {
namespace {

using Variables = std::map<std::string, std::string>;

constexpr size_t kMostName = 32;  // of a template, Coder's limit

std::optional<Outcome> ReadVariables(const Arguments& arguments, Variables* variables) {
  for (const std::string& text : arguments.Texts("--variable")) {
    const size_t at = text.find('=');
    if (at == std::string::npos || at == 0) {
      return WrongUsage("--variable takes NAME=VALUE");  // the text may be a value, and secret
    }
    (*variables)[text.substr(0, at)] = text.substr(at + 1);
  }
  return std::nullopt;
}

std::optional<Outcome> ReadSmoke(const Arguments& arguments, PushWanted* wanted) {
  const std::string file = arguments.Text("--smoke");
  if (file.empty()) return std::nullopt;
  if (arguments.Has("--no-activate")) {
    return WrongUsage("--smoke decides about activating, so it cannot go with --no-activate");
  }
  Result<task::TaskSpec> spec = ReadSmokeSpec(file);
  if (!spec.ok()) return Failed(spec.error());
  const auto names_it = [&](const task::Profile& profile) {
    return profile.contract.name == spec->profile;
  };
  if (std::none_of(wanted->profiles.begin(), wanted->profiles.end(), names_it)) {
    return WrongUsage(StrCat("the smoke task is for the profile '", ToOneLine(spec->profile),
                             "', which is not among those to push"));
  }
  wanted->smoke = *std::move(spec);
  return std::nullopt;
}

// Those of the variables that the template has; the others are not its business.
Result<Variables> Declared(const FileSet& files, const Variables& given,
                           std::set<std::string>* used) {
  AMEIDE_ASSIGN_OR_RETURN(const std::set<std::string> declared, VariablesOf(files));
  Variables variables;
  for (const auto& [name, value] : given) {
    if (!declared.contains(name)) continue;
    variables.emplace(name, value);
    used->insert(name);
  }
  return variables;
}

// What is on disk must be what the profile says, and pass our own rules.
std::optional<Outcome> Refused(const fs::path& folder, const std::string& name,
                               const FileSet& files) {
  const Result<std::string> drift = DiffFolder(folder, files);
  if (!drift.ok()) return Failed(drift.error());
  if (!drift->empty()) {
    return Outcome{kExitDrift, *drift,
                   StrCat("ameide-templates: ", folder.string(),
                          " is not what the profile says; run ameide-templates render\n")};
  }
  const LintFindings findings = LintTemplate(name, files);
  if (!HasErrors(findings)) return std::nullopt;
  return Outcome{kExitProblems, FindingsText(findings, false),
                 StrCat("ameide-templates: ", name, " breaks a rule; see ameide-templates lint\n")};
}

}  // namespace

std::variant<PushWanted, Outcome> ReadPushWanted(const Arguments& arguments) {
  PushWanted wanted;
  auto selected = SelectedProfiles(arguments);
  if (auto* stop = std::get_if<Outcome>(&selected)) return *std::move(stop);
  wanted.profiles = std::get<Profiles>(std::move(selected));
  if (auto stop = ReadVariables(arguments, &wanted.variables)) return *std::move(stop);
  if (auto stop = ReadSmoke(arguments, &wanted)) return *std::move(stop);
  return wanted;
}

std::variant<std::vector<PushItem>, Outcome> PreparePush(const PushWanted& wanted,
                                                         const Arguments& arguments,
                                                         const Context& context) {
  std::vector<PushItem> items;
  std::set<std::string> used;
  for (const task::Profile& profile : wanted.profiles) {
    for (const auto& [folder, files] : RenderTemplates(profile)) {
      const fs::path place = fs::path(arguments.Text("--templates")) / folder;
      if (auto refused = Refused(place, folder, files)) return *std::move(refused);
      PushItem item{.folder = folder, .profile = &profile, .request = {}};
      PushRequest& request = item.request;
      Result<Variables> variables = Declared(files, wanted.variables, &used);
      if (!variables.ok()) return Failed(variables.error());
      request.variables = *std::move(variables);
      Result<coder::TemplateArchive> archive = coder::PackTemplate(place, request.variables);
      if (!archive.ok()) return Failed(archive.error());
      request.archive = *std::move(archive);
      request.settings = SettingsOf(profile, folder, arguments.Text("--name-prefix") + folder);
      request.organization =
          coder::OrganizationOr(arguments.Text("--organization"), context.environment);
      request.message = arguments.Text("--message");
      request.activate = !arguments.Has("--no-activate");
      const std::string& name = request.settings.name;
      if (name.size() > kMostName || !task::DnsLabelProblem(name).empty()) {
        return WrongUsage(StrCat("Coder takes no template called '", ToOneLine(name),
                                 "': small letters, digits and hyphens, at most ", kMostName));
      }
      items.push_back(std::move(item));
    }
  }
  for (const auto& [name, value] : wanted.variables) {
    if (!used.contains(name)) {
      return WrongUsage(StrCat("no template has a variable '", ToOneLine(name), "'"));
    }
  }
  return items;
}

}  // namespace ameide::generator
