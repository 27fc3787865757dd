#include "task/launcher/coder/coder_backend.h"

#include <algorithm>

#include "base/base64.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/template_parameters.h"
#include "task/launcher/bounded_stop.h"
#include "task/launcher/coder/publish_keys.h"
#include "task/launcher/coder/removal.h"
#include "task/launcher/coder/run_end.h"
#include "task/launcher/coder/shared_answer.h"
#include "task/launcher/coder/template_check.h"

namespace ameide::task {
namespace {

constexpr Millis kCheckBound{120'000};
constexpr Millis kLookBound{60'000};
// Plans of hundreds of tasks ask, a few at a time.
constexpr Millis kCheckMemory{10'000};
// After its pod's end: collecting, publishing, removing, or being kept for a look.
constexpr Millis kOverMargin{60 * 60'000};
// Coder refuses a deadline that is nearer than 29 minutes.
constexpr Millis kRetainAtLeast{30 * 60'000};

class CoderBackend final : public Backend {
 public:
  CoderBackend(std::shared_ptr<CoderSession> session, fs::path state)
      : session_(std::move(session)),
        state_(std::move(state)),
        checked_(session_->clock(), kCheckMemory) {}

  std::string name() const override { return "coder"; }
  Status Check(const LaunchContext& context, const TaskSpec& spec,
               const ProfileContract& contract) override;
  Result<Workspace> Create(const LaunchContext& context, const WorkspaceRequest& request) override;
  Result<std::optional<Workspace>> Find(const LaunchContext& context,
                                        const std::string& work_id) override;
  Result<std::vector<Workspace>> List(const LaunchContext& context) override;
  Status AwaitEnd(const LaunchContext& context, const Workspace& workspace) override {
    return AwaitRunEnd(*session_, context, workspace);
  }
  Status Cancel(const LaunchContext& context, const Workspace& workspace) override {
    return CancelRun(*session_, context, workspace);
  }
  Status Collect(const LaunchContext& context, const Workspace& workspace,
                 const fs::path& to) override {
    return CollectEvidence(*session_, context, workspace, to);
  }
  Status Retain(const LaunchContext& context, const Workspace& workspace) override;
  Millis removal_bound() const override { return session_->settings().removal_bound; }
  Status Destroy(const LaunchContext& context, const Workspace& workspace) override {
    return DestroyCoderWorkspace(*session_, context, workspace);
  }
  Status ProveGone(const LaunchContext& context, const Workspace& workspace) override {
    return ProveCoderWorkspaceGone(*session_, context, workspace);
  }

 private:
  Result<CoderTemplate> TemplateOf(const std::stop_token& stop, const TaskSpec& spec) {
    const std::string name = TemplateNameOf(spec, session_->settings());
    return templates_.Get(stop, name, [&] { return LoadTemplate(stop, name); });
  }
  Result<CoderTemplate> LoadTemplate(std::stop_token stop, const std::string& name);
  Result<std::string> PublishKey(const TaskSpec& spec, const std::string& name) const;
  Result<Workspace> AfterFailedCreate(const LaunchContext& context, const TaskSpec& spec,
                                      Error error);
  Result<Workspace> Describe(std::stop_token stop, const std::string& name,
                             const std::string& work_id, const std::string& run_id);
  Result<Workspace> Found(std::stop_token stop, const coder::Workspace& workspace,
                          const CoderIdentity& identity);

  std::shared_ptr<CoderSession> session_;
  fs::path state_;
  SharedAnswer<CoderTemplate> templates_;  // for creating: as they are now
  SharedAnswer<CoderTemplate> checked_;
};

Result<CoderTemplate> CoderBackend::LoadTemplate(std::stop_token stop, const std::string& name) {
  coder::CoderClient& client = session_->client();
  const std::string& organization = session_->settings().organization;
  AMEIDE_ASSIGN_OR_RETURN(auto found, client.FindTemplate(stop, organization, name));
  if (!found) {
    return Error{ErrorKind::kInvalid, "find Coder template", name,
                 StrCat("organization ", organization, " at ", client.url(), " has none"),
                 "push it: ameide-templates push; or name another one with the task's template"};
  }
  CoderTemplate from;
  from.info = *std::move(found);
  const std::string& wanted = session_->settings().template_version;
  const std::string& version = wanted.empty() ? from.info.active_version_id : wanted;
  AMEIDE_ASSIGN_OR_RETURN(from.version, client.GetTemplateVersion(stop, version));
  if (from.version.template_id != from.info.id && !wanted.empty()) {
    return Error{ErrorKind::kInvalid, "find Coder template version", wanted,
                 StrCat("it is no version of the template ", name),
                 "name the id of one of its versions"};
  }
  if (from.version.job.status == coder::JobStatus::kSucceeded) {
    AMEIDE_ASSIGN_OR_RETURN(from.parameters, client.RichParameters(stop, version));
    AMEIDE_ASSIGN_OR_RETURN(from.accounts, client.ExternalAuths(stop, version));
  }
  return from;
}

Status CoderBackend::Check(const LaunchContext& context, const TaskSpec& spec,
                           const ProfileContract&) {
  const BoundedStop bound(context.stop, context.clock, kCheckBound);
  const std::string name = TemplateNameOf(spec, session_->settings());
  const Result<CoderTemplate> from =
      checked_.Get(bound.token(), name, [&] { return LoadTemplate(bound.token(), name); });
  if (from.ok()) return CheckTemplate(*from, spec);
  if (!bound.expired()) return from.error();
  return Error{ErrorKind::kTimeout, "ask for Coder template", name,
               StrCat("no answer within ", FormatDuration(kCheckBound)), "is the server well?"};
}

Result<std::string> CoderBackend::PublishKey(const TaskSpec& spec, const std::string& name) const {
  if (!spec.pull_request) return std::string();
  AMEIDE_ASSIGN_OR_RETURN(const KeyPair key, PublishKeyOf(state_, name, spec.run_id));
  return ToBase64(key.public_der);
}

Result<Workspace> CoderBackend::Describe(std::stop_token stop, const std::string& name,
                                         const std::string& work_id, const std::string& run_id) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string owner, session_->Owner(std::move(stop)));
  return Workspace{name, session_->Location(owner, name), work_id, run_id};
}

Result<Workspace> CoderBackend::Found(std::stop_token stop, const coder::Workspace& workspace,
                                      const CoderIdentity& identity) {
  AMEIDE_ASSIGN_OR_RETURN(Workspace found, Describe(std::move(stop), workspace.name,
                                                    identity.work_id, identity.run_id));
  AMEIDE_ASSIGN_OR_RETURN(const std::string ours, InstallationIdOf(state_));
  if (identity.installation != ours) {
    found.made_by_other = identity.installation.empty()
                              ? "an installation that it does not name"
                              : StrCat("installation ", identity.installation);
  }
  if (workspace.created_at && identity.ttl) {
    const Millis readiness = identity.spec ? identity.spec->timeouts.readiness : Millis(0);
    found.over_at = *workspace.created_at + readiness + *identity.ttl + kOverMargin;
  }
  return found;
}

Result<Workspace> CoderBackend::Create(const LaunchContext& context,
                                       const WorkspaceRequest& request) {
  const TaskSpec& spec = request.spec;
  coder::NewWorkspace wanted;
  wanted.name = WorkspaceName(spec.work_id);
  if (context.stop.stop_requested()) {
    return Error{ErrorKind::kCancelled, "create workspace", wanted.name, "stopped", ""};
  }
  AMEIDE_ASSIGN_OR_RETURN(const CoderTemplate from, TemplateOf(context.stop, spec));
  AMEIDE_RETURN_IF_ERROR(CheckTemplate(from, spec));
  AMEIDE_ASSIGN_OR_RETURN(const std::string key, PublishKey(spec, wanted.name));
  wanted.template_version_id = from.version.id;
  wanted.ttl = WorkspaceTtl(spec);
  AMEIDE_ASSIGN_OR_RETURN(const std::string installation, InstallationIdOf(state_));
  wanted.parameters = ParametersOf(spec, installation, key, from.parameters);
  AMEIDE_ASSIGN_OR_RETURN(Workspace workspace,
                          Describe(context.stop, wanted.name, spec.work_id, spec.run_id));
  auto made = session_->client().CreateWorkspace(context.stop, wanted);
  if (!made.ok()) return AfterFailedCreate(context, spec, made.error());
  context.log.Info(
      "workspace created",
      {{"workspace", made->name}, {"template", from.info.name}, {"version", from.version.name}});
  return workspace;
}

// Names are unique, and a lost answer says nothing about what was made: look whose it is.
Result<Workspace> CoderBackend::AfterFailedCreate(const LaunchContext& context,
                                                  const TaskSpec& spec, Error error) {
  const ErrorKind kind = error.kind;
  if (kind != ErrorKind::kConflict && kind != ErrorKind::kUnavailable &&
      kind != ErrorKind::kTimeout && kind != ErrorKind::kCancelled) {
    return error;
  }
  const BoundedStop bound({}, context.clock, kLookBound);
  const LaunchContext own{bound.token(), context.clock, context.log};
  const std::string name = WorkspaceName(spec.work_id);
  AMEIDE_ASSIGN_OR_RETURN(const auto found, session_->client().FindWorkspace(own.stop, name));
  if (!found) return error;
  AMEIDE_ASSIGN_OR_RETURN(const auto identity, session_->IdentityOf(own.stop, *found));
  if (!identity || identity->work_id != spec.work_id) {
    error.kind = ErrorKind::kConflict;
    error.cause = "the token's user has a workspace of that name that is no task's";
    error.hint = "rename or delete it in Coder";
    return error;
  }
  // Coder said no: whatever is there was there before.
  if (kind == ErrorKind::kConflict || identity->run_id != spec.run_id) {
    error.kind = ErrorKind::kConflict;
    return error;
  }
  if (context.stop.stop_requested()) {
    const Status gone =
        DestroyCoderWorkspace(*session_, own, {name, "", spec.work_id, spec.run_id});
    if (!gone.ok()) context.log.Warn(gone.error().ToString());
    return Error{ErrorKind::kCancelled, "create workspace", name, "stopped", ""};
  }
  context.log.Warn("the workspace was created although its answer was lost",
                   {{"workspace", name}, {"cause", error.ToString()}});
  return Describe(own.stop, name, spec.work_id, spec.run_id);
}

Result<std::optional<Workspace>> CoderBackend::Find(const LaunchContext& context,
                                                    const std::string& work_id) {
  const std::string name = WorkspaceName(work_id);
  AMEIDE_ASSIGN_OR_RETURN(const auto found, session_->client().FindWorkspace(context.stop, name));
  if (!found) return std::optional<Workspace>();
  AMEIDE_ASSIGN_OR_RETURN(const auto identity, session_->IdentityOf(context.stop, *found));
  if (!identity || identity->work_id != work_id) return std::optional<Workspace>();
  AMEIDE_ASSIGN_OR_RETURN(Workspace workspace, Found(context.stop, *found, *identity));
  return std::optional<Workspace>(std::move(workspace));
}

Result<std::vector<Workspace>> CoderBackend::List(const LaunchContext& context) {
  AMEIDE_ASSIGN_OR_RETURN(const auto found,
                          session_->client().SearchWorkspaces(
                              context.stop, StrCat("owner:me param:", kParameterWorkId)));
  std::vector<Workspace> workspaces;
  for (const coder::Workspace& one : found) {
    const auto identity = session_->IdentityOf(context.stop, one);
    // Deleted meanwhile: other machines are at work, too.
    if (!identity.ok() && identity.error().kind == ErrorKind::kNotFound) continue;
    if (!identity.ok()) return identity.error();
    if (!*identity) continue;
    AMEIDE_ASSIGN_OR_RETURN(Workspace workspace, Found(context.stop, one, **identity));
    workspaces.push_back(std::move(workspace));
  }
  std::sort(workspaces.begin(), workspaces.end(),
            [](const Workspace& a, const Workspace& b) { return a.name < b.name; });
  return workspaces;
}

// A Coder workspace stays by itself until the deadline that it was created with, which is behind
// the pod's own; only a run that took nearly all of that needs more.
Status CoderBackend::Retain(const LaunchContext& context, const Workspace& workspace) {
  coder::CoderClient& client = session_->client();
  AMEIDE_ASSIGN_OR_RETURN(const auto found, client.FindWorkspace(context.stop, workspace.name));
  if (!found || found->latest_build.transition != coder::Transition::kStart) {
    return Error{ErrorKind::kUnavailable, "retain", workspace.name,
                 found ? "it is stopped" : "it is gone", ""};
  }
  const WallTime needed = context.clock.Now() + kRetainAtLeast;
  if (!found->latest_build.deadline || *found->latest_build.deadline >= needed) return Ok{};
  return client.Extend(context.stop, found->id, needed);
}

}  // namespace

std::unique_ptr<Backend> MakeCoderBackend(std::shared_ptr<CoderSession> session, fs::path state) {
  return std::make_unique<CoderBackend>(std::move(session), std::move(state));
}

}  // namespace ameide::task
