// takeover/followup.md: what the next person or agent needs to go on where a run stopped. The agent
// program also puts it into the checkout as .codex/followup.md. Pure.
#pragma once

#include <string>
#include <string_view>

#include "task/contract/task_result.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

// The ref that work.bundle carries.
inline constexpr std::string_view kTakeoverRef = "refs/heads/ameide-takeover";

struct TakeoverKit {
  bool has_bundle = false;  // takeover/work.bundle is in the evidence
  bool has_diff = false;    // diff.patch is
};

// Markdown. Any bytes in `spec` and `result` are fine: texts that come from a run stand in indented
// blocks or on one line, so none of them can pass for ours. Its size is bounded.
std::string FollowupText(const TaskSpec& spec, const TaskResult& result, const TakeoverKit& kit);

}  // namespace ameide::task
