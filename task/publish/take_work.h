// Takes hostile work into a clean clone, and says what it changes. Nothing of it is run or
// followed.
#pragma once

#include <string>

#include "base/files.h"
#include "base/result.h"
#include "task/contract/guardrails.h"
#include "task/git/git.h"

namespace ameide::task {

struct TakenWork {
  std::string commit;  // its tip; its objects are in the clone, each of them checked
  ChangeSet changes;   // from the base to it; never empty
};

// `bundle` has to be one of kTakeoverRef alone, in a line of commits on `base` alone, which the
// clone has. kInvalid else.
Result<TakenWork> TakeWork(const Git& git, const fs::path& clone, const fs::path& bundle,
                           const std::string& base);

}  // namespace ameide::task
