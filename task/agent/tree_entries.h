// Git's listings as values, and what changed between two of them. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "task/contract/guardrails.h"

namespace ameide::task {

struct TreeEntry {
  unsigned mode = 0;
  std::string id;  // object id
  bool operator==(const TreeEntry&) const = default;
};

using TreeEntries = std::map<std::string, TreeEntry>;  // by path, as Git has its bytes

// The output of `git ls-files --stage -z` and of `git ls-tree -r -z`. kInvalid for any other form.
// A path in several merge stages counts once, with its last stage.
Result<TreeEntries> ParseTreeEntries(std::string_view listing);

// Sorted by path; a rename is a deletion and an addition. Symlink targets are left to the caller.
ChangeSet CompareTrees(const TreeEntries& base, const TreeEntries& now);

}  // namespace ameide::task
