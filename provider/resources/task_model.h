// Between Terraform's values and the task contract: configuration → TaskSpec, record → state. Pure.
#pragma once

#include "provider/framework/diagnostics.h"
#include "provider/framework/value.h"
#include "task/contract/task_spec.h"
#include "task/launcher/launcher.h"

namespace ameide::resources {

// The spec that `values` (configuration, plan or state) describes. A null work_id becomes
// `work_id`. Problems are those of TaskSpecFromJson; what is still unknown is left out and is
// never a problem.
task::Checked<task::TaskSpec> SpecFrom(const framework::Value& values, const std::string& work_id);

// True when both describe the same task, however it is spelled ("60m" and "1h"). False while
// anything about it is unknown.
bool SameTask(const framework::Value& one, const framework::Value& other);

// Adds problems as errors with the attribute path that their pointer names, but not those that lie
// at, above or below something unknown in `values`.
void AddProblems(const task::Problems& problems, const framework::Value& values,
                 framework::Diagnostics& diagnostics);

// "/repository/url" → repository.url; goes as far as `values` has such attributes and elements.
framework::Path PathOf(const framework::Value& values, std::string_view pointer);

// `planned` with every result filled in from the record.
framework::Value StateFrom(const framework::Value& planned, const task::TaskRecord& record);

// A whole state from a record alone, for an import.
framework::Value ImportedState(const task::TaskRecord& record);

// {work_id = …}
framework::Value IdentityOf(const std::string& work_id);

}  // namespace ameide::resources
