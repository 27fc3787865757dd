// With which exit code did the task's script end? Coder's report of it is one message without a
// second try, so there are several witnesses, and they must agree. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "task/coder/api.h"
#include "task/contract/task_result.h"

namespace ameide::task {

struct ExitFinding {
  std::optional<int> code;
  // Coder's word: ok, exit_failure, timed_out, pipes_left_open. The last two always come with code
  // 255, which is then no code of the program's, and so not in `code`.
  std::string status;
  std::string source;           // "script", "timings", "log", "lifecycle"; empty: nobody knows
  std::string manifest_sha256;  // by the sentinel line, when it is there
  std::string disagreement;     // between the witnesses; printable
  bool reported() const { return !status.empty() || code.has_value(); }
};

// In order: the script object (Coder 2.34), the build's timings (2.17), the last sentinel line in
// the log, the agent's lifecycle (ready means 0).
ExitFinding FindExit(const coder::Agent& agent, const std::vector<coder::ScriptTiming>& timings,
                     const std::vector<coder::LogLine>& log, const std::string& run_id);

// Why the result in the evidence is not what the workspace's own script ended with, or nothing.
std::string Disagreement(const ExitFinding& finding, const TaskResult& result);

}  // namespace ameide::task
