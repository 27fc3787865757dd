// `ameide-agent preflight`: would the guardrails let the current changes of a checkout through? For
// people and Git hooks (docs/task-contract.md).
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/result.h"
#include "task/contract/profile.h"

namespace ameide::task {

enum class PreflightForm { kText, kJson, kSarif };

struct PreflightRequest {
  fs::path directory;                 // in the checkout, absolute
  std::string contract;               // a task.json, or
  std::vector<std::string> profiles;  // built-in ones; neither: the checkout's own marker's
  std::string base;                   // empty: the remote's default branch
  PreflightForm form = PreflightForm::kText;
  fs::path scratch_parent;  // where temporary files may go
  Environment environment;  // for Git
};

struct PreflightOutput {
  std::string text;     // for stdout
  bool broken = false;  // some guardrail is
};

// Looks at everything that differs from the merge base of HEAD and `base`: committed, staged,
// unstaged and untracked. Runs nothing that the checkout configures, and leaves it as it is.
// Errors: no checkout, no such profile or base; in a linked worktree (kInvalid).
Result<PreflightOutput> Preflight(const PreflightRequest& request, const Clock& clock);

}  // namespace ameide::task
