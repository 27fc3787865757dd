// The launcher's own verdict on collected evidence. What judged the run first, the agent program,
// was where the task's command could reach it; this looks at the patch by rules that never were.
#pragma once

#include <optional>

#include "base/json.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/launcher/evidence_store.h"

namespace ameide::task {

struct Judgement {
  TaskResult result;   // what the evidence deserves instead
  std::string reason;  // one line
  Json note;           // judgement.json: why, and the result as the workspace wrote it
};

// Nothing when the launcher agrees. A success is none when its patch breaks a rule or cannot be
// read, or when it lists findings itself; any other run gets the findings that it did not admit.
std::optional<Judgement> JudgeAgain(const StoredEvidence& evidence, const fs::path& directory,
                                    const TaskSpec& spec, const ProfileContract& contract);

}  // namespace ameide::task
