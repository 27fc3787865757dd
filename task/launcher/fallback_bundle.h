// The bundle for a run whose workspace gave none, or one that does not verify: it says so.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/result.h"
#include "task/contract/task_result.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

// What is known of a run from outside its workspace.
struct RunFacts {
  TaskSpec spec;  // authorized, run_id set
  WallTime started_at;
  WallTime finished_at;
  // Used only when the workspace left no good bundle: what to call that, and why it is so.
  FailureClass failure = FailureClass::kInfrastructure;
  std::string reason;
};

// The result that such a run has.
TaskResult FallbackResult(const RunFacts& facts);

// Writes a complete bundle to `to` (absent or empty). `salvage` is what there is of the workspace's
// own bundle (may be absent): of it only run.log is taken, and only when it is a regular file under
// the limit, because nothing else can be trusted without its manifest.
Status WriteFallbackBundle(const RunFacts& facts, const fs::path& salvage, const fs::path& to);

}  // namespace ameide::task
