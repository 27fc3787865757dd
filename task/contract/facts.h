// Work facts: WorkProgressed, WorkNeedsInput, WorkCompleted and WorkFailed as CloudEvents 1.0 in
// JSON, one per line of facts.jsonl, in order; of several final ones the last counts. Pure: ids and
// times are passed in.
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
// WorkCompleted for a success, WorkNeedsInput for a run that asked a question and stopped (it can
// go on as another run), WorkFailed for everything else; at the time the run finished.
Json FinalFact(const TaskSpec& spec, int sequence, const TaskResult& result);

// The launcher's own facts start here, far above what an agent program numbers its own with: event
// ids must not repeat.
inline constexpr int kFallbackSequence = 1'000'000;   // there was no evidence
inline constexpr int kJudgementSequence = 1'000'001;  // the launcher judged otherwise
inline constexpr int kPublishSequence = 1'000'002;    // publishing began; the next one: it ended

}  // namespace ameide::task
