// A backend in memory: workspaces with state, and knobs to make single calls fail.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "task/contract/task_result.h"
#include "task/launcher/backend.h"

namespace ameide::task::testing {

enum class Verb { kCreate, kFind, kAwaitEnd, kCancel, kCollect, kRetain, kDestroy, kProveGone };

// What a workspace gives when it is asked for its evidence.
enum class FakeEvidence { kGood, kNone, kLogOnly, kTampered, kOtherRun, kLinkAsLog };

// The world behind one or more FakeBackends; outlives them, as real workspaces outlive a launcher.
// Thread-safe.
class FakeWorld {
 public:
  struct Place {
    Workspace workspace;
    TaskSpec spec;
    bool ended = false;
    bool cancelled = false;
    bool retained = false;
  };

  // Knobs; set them before the launcher runs.
  bool ends_at_once = true;  // else, and for command "wait", a run ends only by End or Cancel
  bool ignores_cancel = false;
  FakeEvidence evidence = FakeEvidence::kGood;
  FailureClass ends_with = FailureClass::kNone;
  // What the evidence holds besides, and what it claims.
  std::map<std::string, std::string> files = {{"diff.patch", ""}};
  std::function<void(TaskResult*)> claims = [](TaskResult*) {};
  std::function<void(Verb)> before;  // called without the lock at the start of each call

  // The n-th call (from 1) of a verb gives this error instead of doing anything.
  void Fail(Verb verb, int nth, Error error);
  void End(const std::string& work_id);
  int Calls(Verb verb) const;
  // Names of the workspaces that are there.
  std::set<std::string> Places() const;
  bool Retained(const std::string& work_id) const;
  // The workspace of that work_id is another installation's.
  void Disown(const std::string& work_id, const std::string& made_by, WallTime over_at);
  // Blocks until some call has begun to wait in AwaitEnd.
  void WaitForAwait();

 private:
  friend class FakeBackend;
  std::optional<Error> Enter(Verb verb);
  // Under the lock: the place of that very run.
  std::map<std::string, Place>::iterator PlaceOf(const Workspace& workspace);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Place> places_;  // by name
  std::map<Verb, int> calls_;
  std::map<std::pair<Verb, int>, Error> failures_;
  int awaiting_ = 0;
};

class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(std::shared_ptr<FakeWorld> world) : world_(std::move(world)) {}
  std::string name() const override { return "fake"; }
  Result<Workspace> Create(const LaunchContext& context, const WorkspaceRequest& request) override;
  Result<std::optional<Workspace>> Find(const LaunchContext& context,
                                        const std::string& work_id) override;
  Result<std::vector<Workspace>> List(const LaunchContext& context) override;
  Status AwaitEnd(const LaunchContext& context, const Workspace& workspace) override;
  Status Cancel(const LaunchContext& context, const Workspace& workspace) override;
  Status Collect(const LaunchContext& context, const Workspace& workspace,
                 const fs::path& to) override;
  Status Retain(const LaunchContext& context, const Workspace& workspace) override;
  Status Destroy(const LaunchContext& context, const Workspace& workspace) override;
  Status ProveGone(const LaunchContext& context, const Workspace& workspace) override;

 private:
  std::shared_ptr<FakeWorld> world_;
};

}  // namespace ameide::task::testing
