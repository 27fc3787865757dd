// TaskResult: what became of a run; result.json of the evidence bundle (docs/task-contract.md).
// Written by the agent program, read by the launcher as hostile input. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "task/contract/guardrails.h"
#include "task/contract/problem.h"
#include "task/contract/test_counts.h"
#include "task/contract/words.h"

namespace ameide::task {

struct PhaseRecord {
  Phase phase = Phase::kCheckout;
  WallTime started_at;
  Millis duration{0};
  Outcome outcome = Outcome::kSuccess;
  bool operator==(const PhaseRecord&) const = default;
};

struct Artifact {
  std::string pr_url;
  std::string summary;  // one or two sentences for people
  TestCounts tests;
  std::vector<std::string> changed_files;  // printable; sorted
  std::vector<std::string> risks;
  bool operator==(const Artifact&) const = default;
};

struct TaskResult {
  std::string work_id;
  std::string run_id;
  std::string profile;
  TaskKind kind = TaskKind::kRun;
  TaskState state = TaskState::kSubmitted;
  Outcome outcome = Outcome::kError;
  FailureClass failure = FailureClass::kNone;
  std::optional<int> exit_code;  // the command's own, 128+n for a signal; absent when it never ran
  std::optional<int> signal;
  std::string reason;  // empty on success; else one printable paragraph
  WallTime started_at;
  WallTime finished_at;
  std::vector<std::string> command;
  std::string repository_url;  // without user information
  std::string repository_ref;
  std::string base_commit;  // what the checkout started from; empty when there was none
  std::vector<PhaseRecord> phases;
  std::vector<Finding> findings;
  Artifact artifact;
  bool operator==(const TaskResult&) const = default;
};

inline constexpr int kTaskResultVersion = 1;

Json ToJson(const TaskResult& result);
// Besides the form: the outcome must be the failure class's, a state that has ended, too, and a
// success has exit code 0 or none. Ids may be empty (a spec that could not be read). Every text
// comes out printable, whatever the document held.
Checked<TaskResult> TaskResultFromJson(const Json& json);
Json ToJson(const Artifact& artifact);

// The URL without user name and password, fit for evidence and logs.
std::string WithoutUserInfo(std::string_view url);

}  // namespace ameide::task
