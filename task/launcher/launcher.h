// The lifecycle of a task, once, above the backend seam:
// authorize → create → persist identity → wait → collect → verify → publish → destroy → prove it is
// gone.
//
// Evidence is collected on every path that ends after create; a workspace that gives none gets a
// bundle that says so. A work_id never runs twice: a live one is adopted, a recorded one returned.
// Thread-safe: many runs at once, one per work_id.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "task/contract/task_result.h"
#include "task/launcher/backend.h"
#include "task/launcher/publisher.h"

namespace ameide::task {

enum class Retain { kNever, kOnFailure, kUntilDestroy };
std::string_view ToString(Retain retain);  // "never", "on_failure", "until_destroy"
std::optional<Retain> RetainFrom(std::string_view text);

// What is known of a task after its run; also what the record on disk holds.
struct TaskRecord {
  TaskSpec requested;  // as the caller wrote it
  TaskSpec spec;       // as it ran: every default filled in
  TaskResult result;
  std::string backend;
  Workspace workspace;
  bool workspace_gone = false;  // proven, not assumed
  fs::path evidence_directory;  // empty when none could be written
  std::string manifest_sha256;
  std::vector<std::string> warnings;  // what did not go as it should, for people
};

struct RunOptions {
  Retain retain = Retain::kNever;
  fs::path evidence_root;  // the bundle goes to <evidence_root>/<work_id>/<run_id>
  std::vector<std::string> also_allowed_repositories;  // the operator's additions to the profile's
  // PEM of the private key that signs provenance.json; empty: unsigned. It never goes where the
  // command runs.
  std::string signing_key;
  // Called once the workspace's identity exists and is recorded, before the first wait.
  std::function<void(const Workspace&)> on_identity;
};

class Launcher {
 public:
  // `records` is a folder of ours, made when missing. Launchers of one installation must share it:
  // its locks are what keeps a work_id from running twice.
  // Without a publisher no task may ask for a pull request.
  Launcher(std::unique_ptr<Backend> backend, fs::path records,
           std::unique_ptr<Publisher> publisher = nullptr);
  ~Launcher();

  // A run that failed is a value: its outcome says so. Errors are kInvalid (the spec may not run,
  // or its work_id stands for another task: nothing was created), kConflict (another installation
  // has a live run of this work_id, which is left alone) and whatever kept even a failed result
  // from being written.
  Result<TaskRecord> Run(const LaunchContext& context, const TaskSpec& spec, const Profile& profile,
                         const RunOptions& options);

  // Whether Run would take this task, as far as that can be told without changing anything:
  // kInvalid when not, other errors when it could not be found out. `spec` is authorized.
  Status Check(const LaunchContext& context, const TaskSpec& spec, const ProfileContract& contract);

  // The record of a finished or live task; nothing when this work_id is unknown here.
  Result<std::optional<TaskRecord>> Find(const LaunchContext& context, const std::string& work_id);

  // Removes a retained workspace and proves it gone; the record stays and says so. Idempotent.
  Status Release(const LaunchContext& context, const std::string& work_id);

  // Removes the workspace (if any), proves it gone, forgets the record; evidence stays. A live run
  // is cancelled first. Idempotent.
  Status Destroy(const LaunchContext& context, const std::string& work_id);

  enum class SweepScope { kThisInstallation, kAllInstallations };
  struct Kept {
    std::string name;
    std::string why;
  };
  struct Swept {
    std::vector<std::string> removed;  // names of workspaces; "publish/<run_id>" of publications
    std::vector<Kept> kept;
    std::vector<Error> problems;
  };
  Result<std::vector<Workspace>> List(const LaunchContext& context);
  // Removes every workspace whose run has ended or whose launcher is gone; one whose launcher is at
  // work and one that is retained and inside its TTL stay. Of another installation's only that can
  // be known: those stay until they are over, unless the scope says otherwise.
  Result<Swept> Sweep(const LaunchContext& context,
                      SweepScope scope = SweepScope::kThisInstallation);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ameide::task
