// Taking secrets out of what a run says about itself and of what it collected.
#pragma once

#include "base/json.h"
#include "task/contract/task_result.h"
#include "task/evidence/bundle.h"
#include "task/evidence/redactor.h"

namespace ameide::task {

// Every text that a command, a repository or a spec can have a say in. Pure.
void RedactResult(const Redactor& redactor, TaskResult* result);

// All strings of a document but its member names. Pure.
Json RedactJson(const Redactor& redactor, const Json& json);

// The files below files/, in place. One with a secret in its name, or that cannot be rewritten, is
// removed and listed as an omission. What is compressed is not looked into.
void RedactCollected(const Redactor& redactor, BundleWriter* bundle);

}  // namespace ameide::task
