// What a task changed, as Git sees it, without believing the checkout.
//
// The command may have rewritten everything below .git: configuration (filters, file system
// monitor, external diff), hooks, index flags that hide changes, exclude lists, replacement refs.
// So none of it is used. A private Git directory outside the checkout reads the working tree anew,
// starting from an index that was taken before the command ran and kept in memory; from the
// checkout's .git it borrows objects, and reads the commit of HEAD and the index as mere data.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/agent/git.h"
#include "task/contract/guardrails.h"

namespace ameide::task {

struct BaseState {
  std::string commit;
  std::string index;                // bytes of an index file that holds the base commit's tree
  std::vector<std::string> placed;  // files of ours in the checkout, which are no change
};

// Right after the checkout, while it can still be trusted.
Result<BaseState> RememberBase(const Git& git, const fs::path& checkout, const fs::path& scratch,
                               std::string commit);

struct ChangeReport {
  // Everything that differs from the base commit in the working tree, in the index, or in the
  // commit that is checked out. Ignored files are none of it unless they were committed or staged.
  ChangeSet changes;
  std::vector<std::string> remarks;  // what could not be looked at, printable
  std::string patch_omission;        // why the patch was not written; empty: it was
};

// Writes the working tree's changes as a binary patch to `patch`, which must not exist; over
// `max_patch_bytes` it is left out whole, since a cut patch cannot be applied. `scratch` is a
// folder of ours, made anew after the command ended. Leaves the checkout as it is.
Result<ChangeReport> CollectChanges(const Git& git, const fs::path& checkout, const BaseState& base,
                                    const fs::path& scratch, const fs::path& patch,
                                    uint64_t max_patch_bytes);

// The commit that a Git directory has checked out, read without running Git or following its
// configuration; empty when there is none.
std::string ReadHead(const fs::path& git_directory);

}  // namespace ameide::task
