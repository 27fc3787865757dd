// Brings a repository in.
#pragma once

#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "task/agent/secrets.h"
#include "task/contract/task_spec.h"
#include "task/git/git.h"

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

// `git`, answering the server of `url` (and no other) when it asks for a password. The password is
// in the environment of Git's own processes only: on no command line and in no file.
Git WithCredential(const Git& git, std::string_view url, const GitCredential& credential);

}  // namespace ameide::task
