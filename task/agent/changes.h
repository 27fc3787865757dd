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
#include "task/contract/guardrails.h"
#include "task/evidence/redactor.h"
#include "task/git/git.h"

namespace ameide::task {

struct BaseState {
  std::string commit;
  std::string index;                // bytes of an index file that holds the base commit's tree
  std::vector<std::string> placed;  // files of ours in the checkout, which are no change
};

// Right after the checkout, while it can still be trusted.
Result<BaseState> RememberBase(const Git& git, const fs::path& checkout, const fs::path& scratch,
                               std::string commit);

struct ChangeRequest {
  fs::path scratch;  // a folder of ours, made anew after the command ended
  uint64_t max_patch_bytes = 0;
  std::string message;                 // of the commit in the work bundle; empty: no bundle
  const Redactor* redactor = nullptr;  // what looks for secrets; null: there are none
};

struct ChangeReport {
  // Everything that differs from the base commit in the working tree, in the index, or in the
  // commit that is checked out. Ignored files are none of it unless they were committed or staged.
  ChangeSet changes;
  ChangeSet work;                    // of these, the working tree's: what patch and bundle hold
  std::vector<std::string> remarks;  // what could not be looked at, printable
  // Below scratch, with the secrets still in them; empty: not written, and why.
  fs::path patch;
  std::string patch_omission;
  fs::path bundle;  // nothing changed: empty, and no omission
  std::string bundle_omission;
  uint64_t secrets_found = 0;  // in the contents of the changed files
};

// Writes the working tree's changes as a binary patch that applies to the base commit and gives the
// working tree exactly (over `max_patch_bytes` it is left out whole, since a cut patch cannot be
// applied), and as a Git bundle of one commit on the base commit. Leaves the checkout as it is.
Result<ChangeReport> CollectChanges(const Git& git, const fs::path& checkout, const BaseState& base,
                                    const ChangeRequest& request);

}  // namespace ameide::task
