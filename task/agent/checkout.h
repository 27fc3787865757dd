// Brings a repository in.
#pragma once

#include <string>

#include "base/files.h"
#include "base/result.h"
#include "task/agent/git.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

// Clones into `directory`, which must not exist, and checks the ref out: a branch as a local
// branch that follows it, everything else detached. Returns the base commit's id.
//
// Nothing is shared with a repository on this machine (no hard links, no alternates), the remote is
// recorded without user name and password, and pushing is switched off in the clone.
// Errors: kTimeout and kCancelled as `git` says; all others mean that the repository or the ref
// could not be had, with Git's own words and what to check.
Result<std::string> CheckOut(const Git& git, const Repository& repository,
                             const fs::path& directory);

}  // namespace ameide::task
