#include "generator/push/push_command.h"

#include <algorithm>
#include <optional>
#include <set>
#include <variant>

#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"
#include "generator/commands/selection.h"
#include "generator/lint/template_lint.h"
#include "generator/output.h"
#include "generator/push/push_template.h"
#include "generator/push/smoke_task.h"
#include "generator/push/template_settings.h"
#include "task/coder/connection.h"
#include "task/contract/profile_rules.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {
namespace {

using Variables = std::map<std::string, std::string>;

constexpr size_t kMostName = 32;  // of a template, Coder's limit

// One template of the selection, checked and packed.
struct Item {
  std::string folder;  // "code", "code-human"
  const task::Profile* profile = nullptr;
  PushRequest request;
};

struct Wanted {
  Profiles profiles;
  Variables variables;
  std::optional<task::TaskSpec> smoke;
};

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

std::optional<Outcome> ReadSmoke(const Arguments& arguments, Wanted* wanted) {
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

std::variant<Wanted, Outcome> ReadWanted(const Arguments& arguments) {
  Wanted wanted;
  auto selected = SelectedProfiles(arguments);
  if (auto* stop = std::get_if<Outcome>(&selected)) return *std::move(stop);
  wanted.profiles = std::get<Profiles>(std::move(selected));
  if (auto stop = ReadVariables(arguments, &wanted.variables)) return *std::move(stop);
  if (auto stop = ReadSmoke(arguments, &wanted)) return *std::move(stop);
  return wanted;
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

std::variant<std::vector<Item>, Outcome> Prepare(const Wanted& wanted, const Arguments& arguments,
                                                 const Context& context) {
  std::vector<Item> items;
  std::set<std::string> used;
  for (const task::Profile& profile : wanted.profiles) {
    for (const auto& [folder, files] : RenderTemplates(profile)) {
      const fs::path place = fs::path(arguments.Text("--templates")) / folder;
      if (auto refused = Refused(place, folder, files)) return *std::move(refused);
      Item item{.folder = folder, .profile = &profile, .request = {}};
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

std::string Line(const Pushed& pushed) {
  std::string line = StrCat(pushed.template_name, ": version ", pushed.version);
  if (pushed.created) return line + " is active; the template is new\n";
  if (pushed.activated) {
    StrAppend(&line, " is active, it was ", pushed.previous_version);
  } else if (pushed.version == pushed.previous_version) {
    StrAppend(&line, " was active already");
  } else {
    StrAppend(&line, " is there; active is ", pushed.previous_version);
  }
  if (pushed.settings_changed) StrAppend(&line, "; settings changed");
  return line + "\n";
}

Json ToJson(const Pushed& pushed) {
  return Json::Object{
      {"template", pushed.template_name}, {"version", pushed.version},
      {"version_id", pushed.version_id},  {"previous_version", pushed.previous_version},
      {"created", pushed.created},        {"uploaded", pushed.uploaded},
      {"activated", pushed.activated},    {"settings_changed", pushed.settings_changed}};
}

// What goes to Coder for one run of the command.
class Pusher {
 public:
  Pusher(const Wanted& wanted, const Arguments& arguments, const Context& context,
         fs::path launcher, coder::CoderClient& client, std::string token)
      : wanted_(wanted),
        arguments_(arguments),
        context_(context),
        launcher_(std::move(launcher)),
        client_(client),
        token_(std::move(token)) {}

  // In order, until one fails; what was done before is reported in any case.
  Outcome Run(const std::vector<Item>& items) {
    Outcome outcome;
    Json::Array done;
    for (const Item& item : items) {
      Warn(item);
      const Result<Pushed> pushed = PushTemplate(item.request, World(item));
      if (!pushed.ok()) {
        outcome.exit_code = kExitProblems;
        outcome.err =
            StrCat("ameide-templates: ", item.request.settings.name, ": ",
                   coder::Harmless(pushed.error().ToString(), {token_}, kMostError), "\n");
        break;
      }
      outcome.out += Line(*pushed);
      done.push_back(ToJson(*pushed));
    }
    if (arguments_.Has("--json")) {
      outcome.out = Json(Json::Object{{"templates", std::move(done)}}).DumpPretty();
    }
    return outcome;
  }

 private:
  static constexpr size_t kMostError = 4'000;

  PushWorld World(const Item& item) {
    const std::string name = item.request.settings.name;
    PushWorld world{.client = client_, .clock = context_.clock, .stop = context_.stop};
    world.say = [this, name](std::string_view line) { Say(name, line); };
    if (wanted_.smoke && item.folder == wanted_.smoke->profile) {
      world.smoke = [this, name, &item](const coder::TemplateVersion& version) {
        PushWorld inner{.client = client_, .clock = context_.clock, .stop = context_.stop};
        inner.say = [this, name](std::string_view line) { Say(name, line); };
        return RunSmokeTask({.spec = *wanted_.smoke,
                             .launcher = launcher_,
                             .profile_file = ProfileFile(*item.profile),
                             .environment = context_.environment,
                             .organization = item.request.organization},
                            name, version, inner);
      };
    }
    return world;
  }

  fs::path ProfileFile(const task::Profile& profile) const {
    const std::string folder = arguments_.Text("--profiles");
    return folder.empty() ? fs::path() : fs::path(folder) / (profile.contract.name + ".yaml");
  }

  void Warn(const Item& item) {
    const std::string variable(task::kVariableAgentImage);
    if (!task::IsPlaceholderImage(item.profile->deployment.agent_image) ||
        item.request.variables.contains(variable) || item.folder != item.profile->contract.name) {
      return;
    }
    Say(item.request.settings.name,
        StrCat("warning: the profile names no real agent image yet, so no task can start; give "
               "--variable ",
               variable, "=IMAGE@sha256:…"));
  }

  void Say(const std::string& name, std::string_view line) {
    if (!context_.show) return;
    context_.show({kExitOk, "", StrCat(name, ": ", coder::Harmless(line, {token_}, 2'000), "\n")});
  }

  const Wanted& wanted_;
  const Arguments& arguments_;
  const Context& context_;
  const fs::path launcher_;
  coder::CoderClient& client_;
  const std::string token_;
};

Outcome RunPush(const fs::path& launcher, const Arguments& arguments, const Context& context) {
  const auto read = ReadWanted(arguments);
  if (const auto* stop = std::get_if<Outcome>(&read)) return *stop;
  const auto& wanted = std::get<Wanted>(read);
  const auto prepared = Prepare(wanted, arguments, context);
  if (const auto* stop = std::get_if<Outcome>(&prepared)) return *stop;
  Result<coder::Connection> connection = coder::ConnectionFrom({}, context.environment);
  if (!connection.ok()) return Failed(connection.error());
  const std::string token = connection->token;
  auto client = coder::Connect(*std::move(connection), context.clock);
  if (!client.ok()) return Failed(client.error());
  return Pusher(wanted, arguments, context, launcher, **client, token)
      .Run(std::get<std::vector<Item>>(prepared));
}

}  // namespace

Command PushCommand(fs::path launcher) {
  return {"push",
          "Bring templates into Coder (CODER_URL, CODER_SESSION_TOKEN)",
          {NamesOperand(),
           ProfilesOption(),
           {.name = "--templates",
            .value = "DIR",
            .help = "Folder of the rendered templates",
            .fallback = "templates"},
           {.name = "--name-prefix",
            .value = "TEXT",
            .help = "A template is called TEXT<folder>",
            .fallback = "ameide-"},
           {"--message", "TEXT", "Message of the new versions"},
           {.name = "--variable",
            .value = "NAME=VALUE",
            .help = "Terraform variable of the templates that have it",
            .many = true},
           {"--organization", "NAME", "Default: $CODER_ORGANIZATION, else Coder's default one"},
           {"--no-activate", "", "Leave the active versions as they are"},
           {"--smoke", "SPEC.json", "Run this task from the new version before it becomes active"},
           JsonOption()},
          [launcher = std::move(launcher)](const Arguments& arguments, const Context& context) {
            return RunPush(launcher, arguments, context);
          }};
}

}  // namespace ameide::generator
