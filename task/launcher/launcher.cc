#include "task/launcher/launcher.h"

#include "base/digest.h"
#include "base/strings.h"
#include "task/contract/authorize.h"
#include "task/evidence/signature.h"
#include "task/launcher/bounded_stop.h"
#include "task/launcher/lifecycle.h"
#include "task/launcher/record_store.h"

namespace ameide::task {
namespace {

Status CheckWorkId(const std::string& work_id) {
  std::string problem = WorkIdProblem(work_id);
  if (problem.empty()) return Ok{};
  return Error{ErrorKind::kInvalid, "use work_id", StrCat("\"", work_id, "\""), std::move(problem),
               ""};
}

// An old result would hide that a work_id stands for other work by now. Ids of the surrounding
// process differ with each delivery of the same work, and what is not spelled out may change its
// default, so this looks at what makes it another task and at nothing else.
Status CheckSameWork(const TaskSpec& recorded, const TaskSpec& spec) {
  const std::pair<const char*, bool> looked_at[] = {
      {"profile", recorded.profile == spec.profile},
      {"kind", recorded.kind == spec.kind},
      {"repository url", recorded.repository.url == spec.repository.url},
      {"repository ref", recorded.repository.ref == spec.repository.ref},
      {"command", recorded.command == spec.command},
      {"verify", recorded.verify == spec.verify}};
  std::vector<std::string> others;
  for (const auto& [name, same] : looked_at) {
    if (!same) others.push_back(name);
  }
  if (others.empty()) return Ok{};
  return Error{ErrorKind::kInvalid, "run task", spec.work_id,
               StrCat("this work_id stands for a task with another ", StrJoin(others, ", ")),
               "use a new work_id, or destroy the recorded task first"};
}

// "20260102t030405z-0123abcd": sorts by time, differs for runs of one second.
std::string NewRunId(WallTime now) {
  std::string id;
  for (const char c : AsciiLower(FormatTime(now).substr(0, 19))) {
    if (c != '-' && c != ':') id += c;
  }
  return StrCat(id, "z-", RandomHex(4));
}

}  // namespace

struct Launcher::Impl {
  std::unique_ptr<Backend> backend;
  RecordStore records;
  std::unique_ptr<Publisher> publisher;

  Result<WorkLock> LockWaiting(const LaunchContext& context, const std::string& name) {
    return WorkLock::Wait(records.LockFile(name), context.clock, context.stop);
  }
  Result<TaskRecord> RunNew(const LaunchContext& context, const TaskSpec& spec,
                            const Profile& profile, const RunOptions& options);
  Status Check(const LaunchContext& context, const TaskSpec& spec, const ProfileContract& contract);
  TaskRecord Refreshed(const LaunchContext& context, TaskRecord record);
  Status SweepOne(const LaunchContext& context, const Workspace& workspace, SweepScope scope,
                  Swept* swept);
  Status RemoveLeftover(const LaunchContext& context, const Workspace& workspace,
                        std::optional<StoredRecord> stored);
};

Launcher::Launcher(std::unique_ptr<Backend> backend, fs::path records,
                   std::unique_ptr<Publisher> publisher)
    : impl_(new Impl{std::move(backend), RecordStore(std::move(records)), std::move(publisher)}) {}
Launcher::~Launcher() = default;

Result<TaskRecord> Launcher::Run(const LaunchContext& context, const TaskSpec& spec,
                                 const Profile& profile, const RunOptions& options) {
  AMEIDE_RETURN_IF_ERROR(CheckWorkId(spec.work_id));
  const std::string name = WorkspaceName(spec.work_id);
  AMEIDE_ASSIGN_OR_RETURN(WorkLock lock, impl_->LockWaiting(context, name));
  AMEIDE_ASSIGN_OR_RETURN(std::optional<StoredRecord> stored, impl_->records.Read(name));
  if (!stored) {
    Result<TaskRecord> ran = impl_->RunNew(context, spec, profile, options);
    // A task that may not run leaves nothing, not even a lock.
    const bool refused = !ran.ok() && (ran.error().kind == ErrorKind::kInvalid ||
                                       ran.error().kind == ErrorKind::kConflict);
    if (refused) lock.Discard();
    return ran;
  }
  AMEIDE_RETURN_IF_ERROR(CheckSameWork(stored->record.requested, spec));
  if (stored->finished) return impl_->Refreshed(context, std::move(stored->record));
  if (!stored->contract) stored->contract = profile.contract;
  return Lifecycle(context, *impl_->backend, impl_->records, options, std::move(*stored),
                   impl_->publisher.get())
      .Continue();
}

Result<TaskRecord> Launcher::Impl::RunNew(const LaunchContext& context, const TaskSpec& spec,
                                          const Profile& profile, const RunOptions& options) {
  if (options.evidence_root.empty()) {
    return Error{ErrorKind::kInvalid, "run task", spec.work_id, "no evidence folder is given",
                 "set one"};
  }
  Checked<TaskSpec> authorized =
      Authorize(spec, profile.contract, options.also_allowed_repositories);
  if (!authorized.ok()) return ToError(authorized.problems, "authorize task", spec.work_id);
  AMEIDE_RETURN_IF_ERROR(Check(context, *authorized.value, profile.contract));
  // A key that cannot sign is better known before the work than after it.
  if (!options.signing_key.empty()) AMEIDE_RETURN_IF_ERROR(Sign(options.signing_key, ""));
  StoredRecord stored;
  stored.record.requested = spec;
  stored.record.spec = std::move(*authorized.value);
  stored.record.spec.run_id = NewRunId(context.clock.Now());
  stored.record.result.run_id = stored.record.spec.run_id;
  stored.record.result.state = TaskState::kWorking;
  stored.record.result.started_at = context.clock.Now();
  stored.contract = profile.contract;
  return Lifecycle(context, *backend, records, options, std::move(stored), publisher.get())
      .Start(profile);
}

Status Launcher::Impl::Check(const LaunchContext& context, const TaskSpec& spec,
                             const ProfileContract& contract) {
  AMEIDE_RETURN_IF_ERROR(backend->Check(context, spec, contract));
  if (!spec.pull_request) return Ok{};
  if (publisher) return publisher->Check(spec, contract);
  return Error{ErrorKind::kInvalid, "run task", spec.work_id,
               "it asks for a pull request, but this launcher has no publisher",
               "remove pull_request"};
}

Status Launcher::Check(const LaunchContext& context, const TaskSpec& spec,
                       const ProfileContract& contract) {
  return impl_->Check(context, spec, contract);
}

// A retained workspace, or one that could not be removed, may be gone by now.
TaskRecord Launcher::Impl::Refreshed(const LaunchContext& context, TaskRecord record) {
  if (record.workspace_gone || !IsTerminal(record.result.state)) return record;
  const BoundedStop bound(context.stop, context.clock, kStepBound);
  const LaunchContext own{bound.token(), context.clock, context.log};
  record.workspace_gone = backend->ProveGone(own, record.workspace).ok();
  return record;
}

Result<std::optional<TaskRecord>> Launcher::Find(const LaunchContext& context,
                                                 const std::string& work_id) {
  AMEIDE_RETURN_IF_ERROR(CheckWorkId(work_id));
  AMEIDE_ASSIGN_OR_RETURN(std::optional<StoredRecord> stored,
                          impl_->records.Read(WorkspaceName(work_id)));
  if (!stored) return std::optional<TaskRecord>();
  return std::optional<TaskRecord>(impl_->Refreshed(context, std::move(stored->record)));
}

Status Launcher::Release(const LaunchContext& context, const std::string& work_id) {
  AMEIDE_RETURN_IF_ERROR(CheckWorkId(work_id));
  const std::string name = WorkspaceName(work_id);
  AMEIDE_ASSIGN_OR_RETURN(const WorkLock lock, impl_->LockWaiting(context, name));
  AMEIDE_ASSIGN_OR_RETURN(std::optional<StoredRecord> stored, impl_->records.Read(name));
  const Workspace workspace = stored ? stored->record.workspace : Workspace{name, "", work_id, ""};
  return impl_->RemoveLeftover(context, workspace, std::move(stored));
}

Status Launcher::Destroy(const LaunchContext& context, const std::string& work_id) {
  AMEIDE_RETURN_IF_ERROR(CheckWorkId(work_id));
  const std::string name = WorkspaceName(work_id);
  Result<WorkLock> lock = WorkLock::Try(impl_->records.LockFile(name));
  if (!lock.ok() && lock.error().kind == ErrorKind::kConflict) {
    // Its launcher is at work; once cancelled it collects, destroys and lets go of the lock.
    AMEIDE_ASSIGN_OR_RETURN(const auto live, impl_->backend->Find(context, work_id));
    if (live) AMEIDE_RETURN_IF_ERROR(impl_->backend->Cancel(context, *live));
    lock = impl_->LockWaiting(context, name);
  }
  if (!lock.ok()) return std::move(lock).error();
  AMEIDE_ASSIGN_OR_RETURN(const auto live, impl_->backend->Find(context, work_id));
  auto read = impl_->records.Read(name);  // one that cannot be read must not stop us
  std::optional<StoredRecord> stored;
  if (read.ok()) stored = std::move(*read);
  Workspace workspace{name, "", work_id, ""};
  if (stored) workspace = stored->record.workspace;
  if (live) workspace = *live;
  AMEIDE_RETURN_IF_ERROR(impl_->RemoveLeftover(context, workspace, std::move(stored)));
  AMEIDE_RETURN_IF_ERROR(impl_->records.Remove(name));
  lock->Discard();
  return Ok{};
}

Result<std::vector<Workspace>> Launcher::List(const LaunchContext& context) {
  return impl_->backend->List(context);
}

Result<Launcher::Swept> Launcher::Sweep(const LaunchContext& context, SweepScope scope) {
  AMEIDE_ASSIGN_OR_RETURN(const std::vector<Workspace> workspaces, impl_->backend->List(context));
  Swept swept;
  for (const Workspace& workspace : workspaces) {
    if (context.stop.stop_requested()) break;
    if (const Status done = impl_->SweepOne(context, workspace, scope, &swept); !done.ok()) {
      swept.problems.push_back(done.error());
    }
  }
  if (impl_->publisher == nullptr) return swept;
  const auto left = impl_->publisher->Sweep();
  if (!left.ok()) swept.problems.push_back(left.error());
  if (left.ok()) swept.removed.insert(swept.removed.end(), left->begin(), left->end());
  return swept;
}

Status Launcher::Impl::SweepOne(const LaunchContext& context, const Workspace& workspace,
                                SweepScope scope, Swept* swept) {
  const auto keep = [&](std::string why) -> Status {
    swept->kept.push_back({workspace.name, std::move(why)});
    return Ok{};
  };
  Result<WorkLock> lock = WorkLock::Try(records.LockFile(workspace.name));
  if (!lock.ok()) {
    if (lock.error().kind == ErrorKind::kConflict) return keep("its launcher is at work");
    return lock.error();
  }
  AMEIDE_ASSIGN_OR_RETURN(std::optional<StoredRecord> stored, records.Read(workspace.name));
  if (IsAnothers(workspace, stored ? stored->record.spec.run_id : "")) {
    if (scope == SweepScope::kThisInstallation && !IsOver(workspace, context.clock.Now())) {
      if (!stored) lock->Discard();
      return keep(Ownership(workspace));
    }
    stored.reset();  // at most of an earlier run
  }
  if (stored && stored->retained) {
    const WallTime until = stored->record.result.started_at + stored->record.spec.ttl;
    if (context.clock.Now() < until) return keep(StrCat("retained until ", FormatTime(until)));
  }
  AMEIDE_RETURN_IF_ERROR(RemoveLeftover(context, workspace, std::move(stored)));
  swept->removed.push_back(workspace.name);
  return Ok{};
}

Status Launcher::Impl::RemoveLeftover(const LaunchContext& context, const Workspace& workspace,
                                      std::optional<StoredRecord> stored) {
  const bool finished = stored && stored->finished;
  if (stored && !finished) {
    // Ends the run as a stopped launcher would have, so that its evidence is kept.
    std::stop_source stopped;
    stopped.request_stop();
    const LaunchContext ending{stopped.get_token(), context.clock, context.log};
    const RunOptions options;
    AMEIDE_ASSIGN_OR_RETURN(
        const TaskRecord record,
        Lifecycle(ending, *backend, records, options, std::move(*stored), nullptr).Continue());
    if (record.workspace_gone) return Ok{};
  }
  AMEIDE_RETURN_IF_ERROR(DestroyAndProve(context, *backend, workspace));
  if (!finished) return Ok{};
  stored->retained = false;
  stored->record.workspace_gone = true;
  return records.Write(*stored);
}

}  // namespace ameide::task
