// terraform-provider-ameide: the wiring, top to bottom.
//
// One file is the whole provider: started by Terraform it serves the plugin protocol; its local
// backend starts it again as `supervise` and as `agent`, so that nothing else has to be installed.
#include <unistd.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/descriptor_limit.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/log.h"
#include "base/strings.h"
#include "profiles/builtin_profiles.h"
#include "provider/framework/server.h"
#include "provider/plugin/serve.h"
#include "provider/resources/provider_definition.h"
#include "provider/wire/provider_service.h"
#include "task/agent/agent.h"
#include "task/coder/connection.h"
#include "task/coder/template_archive.h"
#include "task/launcher/coder/coder_parts.h"
#include "task/launcher/launcher.h"
#include "task/launcher/local/local_backend.h"
#include "task/launcher/local/local_publisher.h"
#include "task/launcher/local/local_settings.h"
#include "task/publish/publish.h"

namespace ameide {
namespace {

using LauncherOrError = Result<std::unique_ptr<task::Launcher>>;

LauncherOrError LocalLauncher(const resources::ProviderSettings& settings,
                              const Environment& environment, const std::string& self) {
  return std::make_unique<task::Launcher>(
      task::MakeLocalBackend({.root = settings.workspaces_dir / "workspaces",
                              .supervisor = {self, "supervise"},
                              .agent = {self, "agent"},
                              .secrets_dir = settings.secrets_dir,
                              .environment = task::TaskEnvironment(environment)}),
      settings.workspaces_dir / "records",
      task::MakeLocalPublisher({.program = {self, "agent", "publish"},
                                .root = settings.workspaces_dir / "publish",
                                .secrets_dir = settings.secrets_dir,
                                .environment = task::TaskEnvironment(environment)}));
}

LauncherOrError CoderLauncher(const resources::ProviderSettings& settings,
                              const Environment& environment, const Clock& clock) {
  const resources::CoderBlock& block = settings.coder;
  task::CoderSettings coder;
  coder.organization = block.organization;
  coder.allow_orphan_delete = block.allow_orphan_delete;
  AMEIDE_ASSIGN_OR_RETURN(task::CoderParts parts,
                          task::MakeCoderParts({block.url, block.session_token, block.ca_file},
                                               coder, settings.workspaces_dir, environment, clock));
  return std::make_unique<task::Launcher>(std::move(parts.backend), parts.records,
                                          std::move(parts.publisher));
}

Result<resources::TemplateStatus> LookAtTemplate(const resources::ProviderSettings& settings,
                                                 const resources::TemplateQuery& query,
                                                 const Environment& environment, const Clock& clock,
                                                 std::stop_token stop) {
  resources::TemplateStatus status;
  coder::TemplateArchive archive;
  if (query.directory) {
    AMEIDE_ASSIGN_OR_RETURN(archive, coder::PackTemplate(*query.directory, query.variables));
    status.digest = archive.digest;
  }
  const resources::CoderBlock& block = settings.coder;
  AMEIDE_ASSIGN_OR_RETURN(
      const coder::Connection connection,
      coder::ConnectionFrom({block.url, block.session_token, block.ca_file}, environment));
  AMEIDE_ASSIGN_OR_RETURN(const auto client, coder::Connect(connection, clock));
  AMEIDE_ASSIGN_OR_RETURN(
      const auto found,
      client->FindTemplate(stop, coder::OrganizationOr(block.organization, environment),
                           query.name));
  if (!found) return status;
  AMEIDE_ASSIGN_OR_RETURN(const coder::TemplateVersion active,
                          client->GetTemplateVersion(stop, found->active_version_id));
  status.exists = true;
  status.id = found->id;
  status.active_version = active.name;
  status.active_version_id = active.id;
  status.deprecated = found->deprecated;
  status.deprecation_message = found->deprecation_message;
  status.up_to_date = query.directory && coder::IsVersionOf(archive, active.name);
  return status;
}

// Without a home there is still a place that is ours: tasks leave nothing there anyway.
fs::path StateHome(const Environment& environment) {
  const Result<fs::path> state = task::DefaultStateDirectory(environment);
  if (state.ok()) return *state;
  const std::string temp = Get(environment, "TMPDIR");
  return fs::path(temp.empty() ? "/tmp" : temp) / StrCat("ameide-", ::getuid());
}

// `clock` must outlive the parts.
resources::ProviderParts Parts(const Environment& environment, const Clock& clock,
                               const std::string& self, const fs::path& working_directory) {
  resources::ProviderParts parts{
      .version = AMEIDE_VERSION,
      .defaults = {.working_directory = working_directory, .state_home = StateHome(environment)},
      .profiles = {},
      .make_launcher =
          [self, environment, &clock](const resources::ProviderSettings& settings) {
            return settings.backend == "coder" ? CoderLauncher(settings, environment, clock)
                                               : LocalLauncher(settings, environment, self);
          },
      .look_at_template =
          [environment, &clock](const resources::ProviderSettings& settings,
                                const resources::TemplateQuery& query, std::stop_token stop) {
            return LookAtTemplate(settings, query, environment, clock, std::move(stop));
          }};
  for (const auto& profile : BuiltinProfiles()) {
    parts.profiles.push_back(
        {std::string(profile.name), std::string(profile.file), std::string(profile.yaml)});
  }
  return parts;
}

int Refuse(std::string_view why) {
  FdSink(STDERR_FILENO)(StrCat("start the provider: ", why, "\n"));
  return 1;
}

int ServeProvider(const Environment& environment, const std::string& self, bool debug) {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  if (error) return Refuse("the working directory is gone; run Terraform in one that is there");
  if (self.empty()) return Refuse("/proc is not mounted; mount it");
  RaiseDescriptorLimit();
  const SystemClock clock;
  const Log log(plugin::ProviderLogLevel(environment), "provider.ameide", clock,
                FdSink(STDERR_FILENO));
  resources::EngineSlot engine;
  framework::Server server(resources::AmeideProvider(Parts(environment, clock, self, here), engine),
                           clock, log);
  wire::ProviderService service(server);
  return plugin::Serve({.environment = environment,
                        .debug = debug,
                        .address = "ameideio/ameide",
                        .services = {&service},
                        .log = &log,
                        .clock = &clock,
                        .on_stop_requested = [&] { server.Stop(); },
                        .on_client_gone = [&] { server.Stop(); }});
}

}  // namespace
}  // namespace ameide

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::vector<std::string> rest(arguments.begin() + (arguments.empty() ? 0 : 1),
                                      arguments.end());
  const std::string verb = arguments.empty() ? "" : arguments.front();
  const ameide::Environment environment = ameide::ProcessEnvironment();
  std::error_code ignored;  // of which `self` is empty
  const std::string self = ameide::fs::read_symlink("/proc/self/exe", ignored).string();
  if (verb == "supervise") return ameide::task::SupervisorMain(rest);
  if (verb == "agent") {
    const auto code = ameide::task::PublishVerb(rest, environment, {self, "agent"});
    return code ? *code : ameide::task::AgentMain(rest, environment);
  }
  return ameide::ServeProvider(environment, self, verb == "-debug");
}
