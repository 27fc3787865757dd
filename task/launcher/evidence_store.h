// Where evidence ends up: verified first, then put in its final place in one step, so that whoever
// looks at <evidence_root>/<work_id>/<run_id> sees a good bundle or nothing.
#pragma once

#include <functional>
#include <string>

#include "task/evidence/bundle.h"
#include "task/launcher/fallback_bundle.h"

namespace ameide::task {

struct StoredEvidence {
  TaskResult result;
  Manifest manifest;
  std::string manifest_sha256;
  std::string problem;  // why this is a fallback bundle; empty when it is the workspace's own
};

// Copies the bundle, as the workspace gives it, to a path that does not exist.
using FetchBundle = std::function<Status(const fs::path& to)>;

// Makes the folders above `directory` and shows that it could be written: a place that takes no
// evidence is better known before the work than after it.
Status PrepareEvidence(const TaskSpec& spec, const fs::path& directory);

// The good bundle of this very run at `directory`; kNotFound when there is nothing,
// kInvalid when it does not verify or is another run's.
Result<StoredEvidence> ReadStoredEvidence(const TaskSpec& spec, const fs::path& directory);

// Fetches, verifies and stores at `directory`; a bundle that is missing, does not verify, speaks of
// another run or of what only the launcher can know (that it was published, how it was judged)
// becomes a fallback bundle (facts.failure, facts.reason and what was wrong). When a
// good bundle is there already, it stays and is returned: the supervisor and the launcher may both
// try, the first one wins.
Result<StoredEvidence> StoreEvidence(const RunFacts& facts, const fs::path& directory,
                                     const FetchBundle& fetch);

// What the launcher adds to evidence.
struct Amendment {
  TaskResult result;        // in place of the one that is there
  std::string_view file;    // one more file, at the bundle's top
  std::string bytes;        // its content
  std::vector<Json> facts;  // more lines of facts.jsonl
};
// Amends the good bundle at `directory`. Whoever looks meanwhile sees the old bundle or the new
// one.
Result<StoredEvidence> AmendEvidence(const TaskSpec& spec, const fs::path& directory,
                                     const Amendment& amendment);

}  // namespace ameide::task
