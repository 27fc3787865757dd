// One small profile and specs for it, for the launcher's tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/evidence/bundle.h"

namespace ameide::task::testing {

Profile SampleProfile();
TaskSpec SampleSpec(const std::string& work_id, std::vector<std::string> command = {"true"});

// A run's processes are found by its id, on the whole machine: tests that start some must not share
// an id with tests that run beside them.
std::string UniqueRunId();

// What an agent program would say of a run that ended like this.
TaskResult SampleResult(const TaskSpec& spec, FailureClass failure, WallTime now);
// A complete bundle with that result, `log` as run.log and `files`; unless told, nothing changed.
Status WriteSampleBundle(const fs::path& directory, const TaskResult& result,
                         const std::string& log,
                         const std::map<std::string, std::string>& files = {{kDiffFile, ""}});

}  // namespace ameide::task::testing
