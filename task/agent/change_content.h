// Two views of one change set: Git's raw listing says what exists, the patch says what is in it.
#pragma once

#include "base/result.h"
#include "task/contract/guardrails.h"

namespace ameide::task {

// Gives each change of `all` that is one of `work` (the working tree's, as listed) the content that
// `patched` (the patch's) tells of it. kInvalid when `work` and `patched` are not about the same
// paths with the same modes: then one of them was misread, and neither can be judged. Pure.
Status AddContent(const ChangeSet& patched, const ChangeSet& work, ChangeSet* all);

}  // namespace ameide::task
