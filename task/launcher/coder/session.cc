#include "task/launcher/coder/session.h"

#include <charconv>

#include "base/base64.h"
#include "base/files.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

std::string ValueOf(const coder::Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(std::string(name));
  return found == parameters.end() ? "" : found->second;
}

std::optional<Millis> TtlFrom(const std::string& seconds) {
  constexpr int64_t kLongest = 30 * 24 * 3600;  // Coder's
  int64_t value = 0;
  const char* const end = seconds.data() + seconds.size();
  const auto [stopped, problem] = std::from_chars(seconds.data(), end, value);
  const bool good = problem == std::errc() && stopped == end && value > 0 && value <= kLongest;
  return good ? std::optional<Millis>(value * 1000) : std::nullopt;
}

// Anybody may make a workspace with a parameter of that name: nothing here is taken on trust.
CoderIdentity IdentityFrom(const coder::Parameters& parameters) {
  CoderIdentity identity;
  identity.work_id = ValueOf(parameters, kParameterWorkId);
  identity.installation = Truncate(ToOneLine(ValueOf(parameters, kParameterInstallation)), 16);
  identity.ttl = TtlFrom(ValueOf(parameters, kParameterTtl));
  const std::optional<std::string> text = FromBase64(ValueOf(parameters, kParameterSpec));
  if (!text) return identity;
  const Result<Json> json = ParseJson(*text);
  if (!json.ok()) return identity;
  const std::string run_id = TextAt(*json, {"run_id"});
  if (RunIdProblem(run_id).empty()) identity.run_id = run_id;
  const std::string profile = TextAt(*json, {"profile"});
  if (ProfileNameProblem(profile).empty()) identity.profile = profile;
  Checked<TaskSpec> spec = TaskSpecFromJson(*json);
  if (spec.ok()) identity.spec = std::move(*spec.value);
  return identity;
}

}  // namespace

std::string TemplateNameOf(const TaskSpec& spec, const CoderSettings& settings) {
  if (!spec.profile_template.empty()) return spec.profile_template;
  return StrCat(settings.template_prefix, spec.profile);
}

CoderSession::CoderSession(std::unique_ptr<coder::CoderClient> client, CoderSettings settings,
                           const Clock& clock)
    : client_(std::move(client)), settings_(std::move(settings)), clock_(clock) {}

Result<std::string> CoderSession::Owner(std::stop_token stop) {
  {
    const std::lock_guard lock(mutex_);
    if (!owner_.empty()) return owner_;
  }
  return owners_.Get(stop, "the token's user", [&]() -> Result<std::string> {
    AMEIDE_ASSIGN_OR_RETURN(const coder::User me, client_->Me(stop));
    const std::lock_guard lock(mutex_);
    owner_ = me.username;
    return owner_;
  });
}

Result<coder::AppAddress> CoderSession::EvidenceApp(std::stop_token stop,
                                                    const std::string& workspace) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string owner, Owner(std::move(stop)));
  return coder::AppAddress{owner, workspace, std::string(kAgentName),
                           std::string(kEvidenceAppSlug)};
}

std::string CoderSession::Location(const std::string& owner, const std::string& workspace) const {
  return StrCat(client_->url(), "/@", owner, "/", workspace);
}

Result<std::optional<CoderIdentity>> CoderSession::IdentityOf(std::stop_token stop,
                                                              const coder::Workspace& workspace) {
  AMEIDE_ASSIGN_OR_RETURN(coder::Parameters parameters,
                          client_->BuildParameters(stop, workspace.latest_build.id));
  if (ValueOf(parameters, kParameterWorkId).empty() && workspace.latest_build.number > 1) {
    // A later build need not carry what the first was given.
    AMEIDE_ASSIGN_OR_RETURN(const auto builds, client_->Builds(stop, workspace.id));
    for (const coder::Build& build : builds) {
      if (build.number != 1) continue;
      AMEIDE_ASSIGN_OR_RETURN(parameters, client_->BuildParameters(stop, build.id));
    }
  }
  CoderIdentity identity = IdentityFrom(parameters);
  if (identity.work_id.empty() || WorkspaceName(identity.work_id) != workspace.name) {
    return std::optional<CoderIdentity>();
  }
  return std::optional<CoderIdentity>(std::move(identity));
}

Result<bool> CoderSession::IsThat(std::stop_token stop, const coder::Workspace& workspace,
                                  const Workspace& wanted) {
  AMEIDE_ASSIGN_OR_RETURN(const auto identity, IdentityOf(std::move(stop), workspace));
  if (!identity || identity->work_id != wanted.work_id) return false;
  return wanted.run_id.empty() || identity->run_id == wanted.run_id;
}

}  // namespace ameide::task
