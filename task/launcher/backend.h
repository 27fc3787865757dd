// The seam between the lifecycle (written once, launcher.h) and where workspaces come from. A
// backend decides no policy. Every call is blocking and thread-safe; `context.stop` ends a wait
// early with kCancelled. Destroy is idempotent: not there is success.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/result.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

struct LaunchContext {
  std::stop_token stop;
  const Clock& clock;
  const Log& log;
};

struct Workspace {
  std::string name;      // deterministic, from work_id: see WorkspaceName
  std::string location;  // what a person would open: a folder, a URL
  std::string work_id;
  std::string run_id;
  // Of what Find and List give only, never recorded: a word for the installation that made it, when
  // that was another one than ours; and when nobody can have business with it any more (its hard
  // TTL and a margin are over).
  std::string made_by_other = {};
  std::optional<WallTime> over_at = {};
  // The same workspace; what Find and List know besides does not count.
  bool operator==(const Workspace& other) const {
    return name == other.name && location == other.location && work_id == other.work_id &&
           run_id == other.run_id;
  }
};

struct WorkspaceRequest {
  TaskSpec spec;  // authorized: every default filled in, run_id set
  Profile profile;
  // Absolute; where evidence has to end up even when the launcher is lost before it could collect
  // it.
  fs::path evidence_directory;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0;  // "local", "coder"
  // Before a task is recorded, and when one is planned: kInvalid when this backend could not give
  // it what it asks for. Changes nothing; may have the answer from a moment ago.
  virtual Status Check(const LaunchContext&, const TaskSpec&, const ProfileContract&) {
    return Ok{};
  }
  // Makes the workspace and starts the run in it. kConflict when one of that work_id exists.
  virtual Result<Workspace> Create(const LaunchContext& context,
                                   const WorkspaceRequest& request) = 0;
  // The live workspace of a work_id, if any.
  virtual Result<std::optional<Workspace>> Find(const LaunchContext& context,
                                                const std::string& work_id) = 0;
  // Every workspace of ours that is there, also leftovers.
  virtual Result<std::vector<Workspace>> List(const LaunchContext& context) = 0;
  // Blocks until the run has ended by itself. Errors: kTimeout when its hard TTL ended it,
  // kUnavailable when the agent program or the workspace was lost. Evidence may be there all the
  // same.
  virtual Status AwaitEnd(const LaunchContext& context, const Workspace& workspace) = 0;
  // Ends the run now; its evidence is written before AwaitEnd returns.
  virtual Status Cancel(const LaunchContext& context, const Workspace& workspace) = 0;
  // Copies the evidence bundle to `to` (which must not exist) as the workspace gives it,
  // unverified. kNotFound when there is none.
  virtual Status Collect(const LaunchContext& context, const Workspace& workspace,
                         const fs::path& to) = 0;
  // Keeps an ended workspace although its launcher goes away, until Destroy or its hard TTL.
  virtual Status Retain(const LaunchContext& context, const Workspace& workspace) = 0;
  // How long Destroy and ProveGone together may take before a launcher gives up on them.
  virtual Millis removal_bound() const { return Millis(120'000); }
  // Ends what runs and removes everything. Where installations share names, only the workspace of
  // the given run_id, if there is one: another one of that name stays, and counts as not there.
  virtual Status Destroy(const LaunchContext& context, const Workspace& workspace) = 0;
  // Ok only when it was checked that nothing of the workspace is left: no folder, no process.
  virtual Status ProveGone(const LaunchContext& context, const Workspace& workspace) = 0;
};

// "ameide-<first letters of work_id>-<8 hex digits of its digest>": at most 32 characters,
// [a-z0-9-], the same for the same work_id.
std::string WorkspaceName(const std::string& work_id);

}  // namespace ameide::task
