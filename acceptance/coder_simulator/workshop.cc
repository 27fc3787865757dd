#include "acceptance/coder_simulator/workshop.h"

#include "base/strings.h"

namespace ameide::simulator {

void Workshop::RunLightly(const std::string& workspace_id) {
  const auto parameters = store_.Read([&](const State& state, WallTime) {
    return state.FindWorkspace(workspace_id)->builds.front().parameters;
  });
  Result<EvidenceFiles> files = light_(parameters);
  if (!files.ok()) {
    return store_.Update([&](State& state, WallTime now) {
      KeepAway(&state, workspace_id, files.error().ToString(), now);
    });
  }
  {
    const std::lock_guard lock(mutex_);
    evidence_[workspace_id] = std::make_shared<const EvidenceFiles>(std::move(*files));
  }
  store_.Update([&](State& state, WallTime now) {
    auto& agent = State::Mutable(state.FindWorkspace(workspace_id))->Latest().agent;
    if (!agent) return;  // stopped or deleted meanwhile; the files go with its TearDown
    agent->light = true;
    AgentConnected(&state, agent->id, now);
  });
}

void Workshop::RunScripts(const std::string& workspace_id) {
  if (light_) return RunLightly(workspace_id);
  const Result<PodPlan> plan = store_.Read([&](const State& state, WallTime) -> Result<PodPlan> {
    const Workspace* workspace = state.FindWorkspace(workspace_id);
    if (workspace == nullptr || !workspace->Latest().agent) {
      return Error{ErrorKind::kNotFound, "start workspace", workspace_id, "it is stopped", ""};
    }
    return MakePodPlan(state, *workspace, settings_);
  });
  Result<std::unique_ptr<Pod>> made =
      plan.ok() ? Pod::Make(*plan, settings_, store_, clock_) : plan.error();
  if (!made.ok()) {
    return store_.Update([&](State& state, WallTime now) {
      KeepAway(&state, workspace_id, made.error().ToString(), now);
    });
  }
  const std::shared_ptr<Pod> pod = std::move(*made);
  {
    const std::lock_guard lock(mutex_);
    pods_[workspace_id] = pod;
  }
  // A stop or delete may have looked for the pod before it was there.
  const bool wanted = store_.Update([&](State& state, WallTime now) {
    const Workspace* workspace = state.FindWorkspace(workspace_id);
    const auto& agent = workspace->Latest().agent;
    if (!agent || agent->id != plan->agent_id) return false;
    AgentConnected(&state, agent->id, now);
    return true;
  });
  if (wanted) {
    pod->Run();
  } else {
    TearDown(workspace_id).ok();
  }
}

void Workshop::Restart(const std::string& workspace_id) {
  if (const auto pod = Find(workspace_id)) pod->Restart();
}

void Workshop::KillPod(const std::string& workspace_id) {
  if (const auto pod = Find(workspace_id)) pod->Kill().ok();
}

Status Workshop::TearDown(const std::string& workspace_id) {
  std::shared_ptr<Pod> pod;
  {
    const std::lock_guard lock(mutex_);
    const auto found = pods_.find(workspace_id);
    if (found != pods_.end()) pod = found->second;
    pods_.erase(workspace_id);
    evidence_.erase(workspace_id);
    std::erase_if(terminals_, [&](const auto& entry) { return entry.first.first == workspace_id; });
  }
  if (pod != nullptr) AMEIDE_RETURN_IF_ERROR(pod->Kill());
  return RemoveTree(settings_.folder / workspace_id);
}

void Workshop::TearDownAll() {
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, pod] : pods_) ids.push_back(id);
  }
  for (const std::string& id : ids) TearDown(id).ok();
}

std::shared_ptr<Pod> Workshop::Find(const std::string& workspace_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = pods_.find(workspace_id);
  return found == pods_.end() ? nullptr : found->second;
}

std::shared_ptr<const EvidenceFiles> Workshop::EvidenceOf(const std::string& workspace_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = evidence_.find(workspace_id);
  return found == evidence_.end() ? nullptr : found->second;
}

Result<std::shared_ptr<TerminalSession>> Workshop::Terminal(const TerminalRequest& request) {
  const auto pod = Find(request.workspace_id);
  const std::lock_guard lock(mutex_);
  if (pod == nullptr) {
    return Error{ErrorKind::kUnavailable, "open terminal", request.workspace_id,
                 "the workspace does not run", ""};
  }
  auto& known = terminals_[{request.workspace_id, request.session}];
  if (known != nullptr && !known->ended()) return known;
  AMEIDE_ASSIGN_OR_RETURN(known, TerminalSession::Start(*pod, request));
  return known;
}

}  // namespace ameide::simulator
