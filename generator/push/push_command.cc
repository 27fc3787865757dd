#include "generator/push/push_command.h"

#include <variant>

#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"
#include "generator/push/push_items.h"
#include "generator/push/smoke_task.h"
#include "task/coder/connection.h"
#include "task/contract/profile_rules.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {
namespace {

std::string Line(const Pushed& pushed) {
  std::string line = StrCat(pushed.template_name, ": version ", pushed.version);
  if (pushed.created) return line + " is active; the template is new";
  if (pushed.activated) {
    StrAppend(&line, " is active, it was ", pushed.previous_version);
  } else if (pushed.version == pushed.previous_version) {
    StrAppend(&line, " was active already");
  } else {
    StrAppend(&line, " is there; active is ", pushed.previous_version);
  }
  if (pushed.settings_changed) StrAppend(&line, "; settings changed");
  return line;
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
  Pusher(const PushWanted& wanted, const Arguments& arguments, const Context& context,
         fs::path launcher, coder::CoderClient& client, std::string token)
      : wanted_(wanted),
        arguments_(arguments),
        context_(context),
        launcher_(std::move(launcher)),
        client_(client),
        token_(std::move(token)) {}

  // In order, until one fails; what was done before is reported in any case.
  Outcome Run(const std::vector<PushItem>& items) {
    Outcome outcome;
    Json::Array done;
    for (const PushItem& item : items) {
      Warn(item);
      const Result<Pushed> pushed = PushTemplate(item.request, World(item));
      if (!pushed.ok()) {
        outcome.exit_code = kExitProblems;
        outcome.err =
            StrCat("ameide-templates: ", item.request.settings.name, ": ",
                   coder::Harmless(pushed.error().ToString(), {token_}, kMostError), "\n");
        break;
      }
      StrAppend(&outcome.out, ToOneLine(Line(*pushed)), "\n");
      done.push_back(ToJson(*pushed));
    }
    if (arguments_.Has("--json")) {
      outcome.out = Json(Json::Object{{"templates", std::move(done)}}).DumpPretty();
    }
    return outcome;
  }

 private:
  static constexpr size_t kMostError = 4'000;

  PushWorld World(const PushItem& item) {
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

  void Warn(const PushItem& item) {
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

  const PushWanted& wanted_;
  const Arguments& arguments_;
  const Context& context_;
  const fs::path launcher_;
  coder::CoderClient& client_;
  const std::string token_;
};

Outcome RunPush(const fs::path& launcher, const Arguments& arguments, const Context& context) {
  const auto read = ReadPushWanted(arguments);
  if (const auto* stop = std::get_if<Outcome>(&read)) return *stop;
  const auto& wanted = std::get<PushWanted>(read);
  const auto prepared = PreparePush(wanted, arguments, context);
  if (const auto* stop = std::get_if<Outcome>(&prepared)) return *stop;
  Result<coder::Connection> connection = coder::ConnectionFrom({}, context.environment);
  if (!connection.ok()) return Failed(connection.error());
  const std::string token = connection->token;
  auto client = coder::Connect(*std::move(connection), context.clock);
  if (!client.ok()) return Failed(client.error());
  return Pusher(wanted, arguments, context, launcher, **client, token)
      .Run(std::get<std::vector<PushItem>>(prepared));
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
