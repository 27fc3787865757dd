// A bundle's guardrails evaluated once more, from its patch and by rules that the caller trusts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/contract/guardrails.h"
#include "task/contract/manifest.h"
#include "task/contract/task_result.h"

namespace ameide::task {

// A file of a verified bundle, compared with its manifest once more: it could have changed since.
// kNotFound when the bundle has none, kInvalid when it is another one or over `max_bytes`.
Result<std::string> ReadVerified(const fs::path& bundle, const Manifest& manifest,
                                 std::string_view path, uint64_t max_bytes);

// What diff.patch says was changed. Errors as ReadVerified's, and kInvalid for a patch that is not
// understood to its last line.
Result<ChangeSet> ReadBundleChanges(const fs::path& bundle, const Manifest& manifest);

struct GuardrailReplay {
  std::vector<Finding> findings;  // all that the changes break
  std::vector<Finding> hidden;    // of these, what the result does not admit
};
// A result may admit more: the run also saw what never became a part of the patch. Pure.
GuardrailReplay ReplayGuardrails(const Guardrails& profile, const Guardrails& task,
                                 const ChangeSet& changes, const TaskResult& result);

}  // namespace ameide::task
