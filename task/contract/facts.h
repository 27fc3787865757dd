// Work facts: WorkProgressed, WorkCompleted and WorkFailed as CloudEvents 1.0 in JSON, one per line
// of facts.jsonl, in order. Pure: ids and times are passed in.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "task/contract/task_result.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

// `sequence` starts at 1 and makes the event id "<run_id>-<sequence>", so a replay has equal ids.
Json ProgressFact(const TaskSpec& spec, int sequence, WallTime time, Phase phase,
                  std::string_view status);
// WorkCompleted for a success, WorkFailed for everything else; at the time the run finished.
Json FinalFact(const TaskSpec& spec, int sequence, const TaskResult& result);

}  // namespace ameide::task
