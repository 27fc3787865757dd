// What a bundle has for whoever goes on: findings for tools, the work, and a text to start from.
#pragma once

#include <string>

#include "base/files.h"
#include "task/contract/task_result.h"
#include "task/contract/task_spec.h"
#include "task/evidence/bundle.h"
#include "task/evidence/redactor.h"

namespace ameide::task {

inline constexpr char kSarifFile[] = "findings.sarif";

struct Handover {
  fs::path work_bundle;  // empty: none
  bool has_diff = false;
  fs::path checkout;  // also gets the text; empty: there is none
};

// findings.sarif when there are findings; the work bundle when the run is no success or a pull
// request is to be made of it; takeover/followup.md when it is no success. `result` is final and
// without secrets; `redactor` (may be null) is for what stands in the spec. What cannot be added is
// an omission.
void AddHandover(const TaskSpec& spec, const TaskResult& result, const Handover& handover,
                 const Redactor* redactor, BundleWriter* bundle);

}  // namespace ameide::task
