// The published JSON Schema of TaskSpec (docs/task-spec.schema.json): draft-07, generated from one
// table, which a test compares with the members that the reader knows. The schema says the form;
// rules between members and on texts are the reader's (task_spec.h). Pure.
#pragma once

#include "base/json.h"

namespace ameide::task {

Json TaskSpecSchema();

}  // namespace ameide::task
