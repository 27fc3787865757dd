#include "task/launcher/testing/fake_backend.h"

#include "task/launcher/testing/sample_task.h"

namespace ameide::task::testing {
namespace {

Error NoSuch(const std::string& name) {
  return Error{ErrorKind::kUnavailable, "use fake workspace", name, "it is not there", ""};
}

}  // namespace

void FakeWorld::Fail(Verb verb, int nth, Error error) {
  const std::lock_guard lock(mutex_);
  failures_.insert_or_assign({verb, nth}, std::move(error));
}

void FakeWorld::End(const std::string& work_id) {
  const std::lock_guard lock(mutex_);
  places_.at(WorkspaceName(work_id)).ended = true;
  changed_.notify_all();
}

int FakeWorld::Calls(Verb verb) const {
  const std::lock_guard lock(mutex_);
  const auto it = calls_.find(verb);
  return it == calls_.end() ? 0 : it->second;
}

std::set<std::string> FakeWorld::Places() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> names;
  for (const auto& [name, place] : places_) names.insert(name);
  return names;
}

bool FakeWorld::Retained(const std::string& work_id) const {
  const std::lock_guard lock(mutex_);
  const auto it = places_.find(WorkspaceName(work_id));
  return it != places_.end() && it->second.retained;
}

void FakeWorld::Disown(const std::string& work_id, const std::string& made_by, WallTime over_at) {
  const std::lock_guard lock(mutex_);
  Workspace& workspace = places_.at(WorkspaceName(work_id)).workspace;
  workspace.made_by_other = made_by;
  workspace.over_at = over_at;
}

std::map<std::string, FakeWorld::Place>::iterator FakeWorld::PlaceOf(const Workspace& workspace) {
  const auto it = places_.find(workspace.name);
  const bool it_is = it != places_.end() &&
                     (workspace.run_id.empty() || it->second.workspace.run_id == workspace.run_id);
  return it_is ? it : places_.end();
}

void FakeWorld::WaitForAwait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return awaiting_ > 0; });
}

std::optional<Error> FakeWorld::Enter(Verb verb) {
  if (before) before(verb);
  const std::lock_guard lock(mutex_);
  const auto it = failures_.find({verb, ++calls_[verb]});
  return it == failures_.end() ? std::nullopt : std::optional<Error>(it->second);
}

Result<Workspace> FakeBackend::Create(const LaunchContext& context,
                                      const WorkspaceRequest& request) {
  if (auto error = world_->Enter(Verb::kCreate)) return *error;
  const std::string name = WorkspaceName(request.spec.work_id);
  if (context.stop.stop_requested()) {
    return Error{ErrorKind::kCancelled, "create fake workspace", name, "stopped", ""};
  }
  const std::lock_guard lock(world_->mutex_);
  if (world_->places_.count(name) != 0) {
    return Error{ErrorKind::kConflict, "create fake workspace", name, "it is there", ""};
  }
  FakeWorld::Place& place = world_->places_[name];
  place.workspace = {name, "fake:" + name, request.spec.work_id, request.spec.run_id};
  place.spec = request.spec;
  place.ended = world_->ends_at_once && request.spec.command.front() != "wait";
  return place.workspace;
}

Result<std::optional<Workspace>> FakeBackend::Find(const LaunchContext&,
                                                   const std::string& work_id) {
  if (auto error = world_->Enter(Verb::kFind)) return *error;
  const std::lock_guard lock(world_->mutex_);
  const auto it = world_->places_.find(WorkspaceName(work_id));
  if (it == world_->places_.end()) return std::optional<Workspace>();
  return std::optional<Workspace>(it->second.workspace);
}

Result<std::vector<Workspace>> FakeBackend::List(const LaunchContext&) {
  const std::lock_guard lock(world_->mutex_);
  std::vector<Workspace> all;
  for (const auto& [name, place] : world_->places_) all.push_back(place.workspace);
  return all;
}

Status FakeBackend::AwaitEnd(const LaunchContext& context, const Workspace& workspace) {
  if (auto error = world_->Enter(Verb::kAwaitEnd)) return *error;
  std::unique_lock lock(world_->mutex_);
  ++world_->awaiting_;
  world_->changed_.notify_all();
  const auto over = [&] {
    const auto it = world_->places_.find(workspace.name);
    return it == world_->places_.end() || it->second.ended;
  };
  const bool ended = world_->changed_.wait(lock, context.stop, over);
  --world_->awaiting_;
  if (world_->places_.count(workspace.name) == 0) return NoSuch(workspace.name);
  if (ended) return Ok{};
  return Error{ErrorKind::kCancelled, "await fake run", workspace.name, "stopped", ""};
}

Status FakeBackend::Cancel(const LaunchContext&, const Workspace& workspace) {
  if (auto error = world_->Enter(Verb::kCancel)) return *error;
  const std::lock_guard lock(world_->mutex_);
  const auto it = world_->places_.find(workspace.name);
  if (it == world_->places_.end() || world_->ignores_cancel) return Ok{};
  if (!it->second.ended) it->second.cancelled = true;
  it->second.ended = true;
  world_->changed_.notify_all();
  return Ok{};
}

Status FakeBackend::Collect(const LaunchContext& context, const Workspace& workspace,
                            const fs::path& to) {
  if (auto error = world_->Enter(Verb::kCollect)) return *error;
  const std::lock_guard lock(world_->mutex_);
  const auto it = world_->places_.find(workspace.name);
  if (it == world_->places_.end() || world_->evidence == FakeEvidence::kNone) {
    return Error{ErrorKind::kNotFound, "collect fake evidence", workspace.name, "there is none",
                 ""};
  }
  TaskSpec spec = it->second.spec;
  if (world_->evidence == FakeEvidence::kOtherRun) spec.run_id = "another-run";
  const FailureClass failure = it->second.cancelled ? FailureClass::kCancelled : world_->ends_with;
  TaskResult result = SampleResult(spec, failure, context.clock.Now());
  world_->claims(&result);
  AMEIDE_RETURN_IF_ERROR(WriteSampleBundle(to, result, "hello from the task\n", world_->files));
  switch (world_->evidence) {
    case FakeEvidence::kTampered:
      return WriteFileAtomically(to / kRunLogFile, "rewritten\n");
    case FakeEvidence::kLogOnly:
      AMEIDE_RETURN_IF_ERROR(RemoveTree(to / kResultFile));
      return RemoveTree(to / kManifestFile);
    case FakeEvidence::kLinkAsLog:
      AMEIDE_RETURN_IF_ERROR(RemoveTree(to / kRunLogFile));
      fs::create_symlink("/etc/passwd", to / kRunLogFile);
      return Ok{};
    default:
      return Ok{};
  }
}

Status FakeBackend::Retain(const LaunchContext&, const Workspace& workspace) {
  if (auto error = world_->Enter(Verb::kRetain)) return *error;
  const std::lock_guard lock(world_->mutex_);
  const auto it = world_->places_.find(workspace.name);
  if (it == world_->places_.end()) return NoSuch(workspace.name);
  it->second.retained = true;
  return Ok{};
}

Status FakeBackend::Destroy(const LaunchContext& context, const Workspace& workspace) {
  if (auto error = world_->Enter(Verb::kDestroy)) return *error;
  if (context.stop.stop_requested()) {
    return Error{ErrorKind::kCancelled, "destroy fake workspace", workspace.name, "stopped", ""};
  }
  const std::lock_guard lock(world_->mutex_);
  const auto it = world_->PlaceOf(workspace);
  if (it != world_->places_.end()) world_->places_.erase(it);
  world_->changed_.notify_all();
  return Ok{};
}

Status FakeBackend::ProveGone(const LaunchContext& context, const Workspace& workspace) {
  if (auto error = world_->Enter(Verb::kProveGone)) return *error;
  if (context.stop.stop_requested()) {
    return Error{ErrorKind::kCancelled, "prove fake workspace gone", workspace.name, "stopped", ""};
  }
  const std::lock_guard lock(world_->mutex_);
  if (world_->PlaceOf(workspace) == world_->places_.end()) return Ok{};
  return Error{ErrorKind::kConflict, "prove fake workspace gone", workspace.name, "it is there",
               ""};
}

}  // namespace ameide::task::testing
