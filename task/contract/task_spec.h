// TaskSpec: what one task is, the same for the provider, the launcher and the agent program.
// The JSON form is version 1 of docs/task-contract.md, "TaskSpec": strict (unknown members are
// refused), every problem reported at once with its JSON pointer. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "task/contract/guardrails.h"
#include "task/contract/problem.h"
#include "task/contract/words.h"

namespace ameide::task {

inline constexpr int kTaskSpecVersion = 1;
inline constexpr int64_t kMaxCloneDepth = 1'000'000;

struct Repository {
  std::string url;  // https, ssh, file URL or an absolute path (local backend only)
  std::string ref;  // branch, tag, "refs/…" or a full commit id; empty: the remote's HEAD
  CloneStrategy clone = CloneStrategy::kFull;
  int depth = 1;  // commits, for kShallow only
  bool submodules = false;
  bool operator==(const Repository&) const = default;
};

// Zero means: the profile's. Each clock runs inside the hard TTL.
struct PhaseTimeouts {
  Millis readiness{0};  // until the workspace's agent program reports
  Millis checkout{0};
  Millis edit{0};
  Millis verify{0};
  Millis pr{0};
  Millis Of(Phase phase) const;
  bool operator==(const PhaseTimeouts&) const = default;
};

struct EvidenceRequest {
  std::vector<std::string> paths;     // globs in the checkout, collected besides the standard files
  std::vector<std::string> required;  // globs; each must match a collected file or the run fails
  bool operator==(const EvidenceRequest&) const = default;
};

// A secret by name; the value never passes through a spec.
struct SecretReference {
  std::string secret;  // name of the Secret object
  std::string key;
  bool operator==(const SecretReference&) const = default;
};

// What the publisher opens when the run is a success.
struct PullRequest {
  std::string branch;  // starts with the profile's branch prefix
  std::string base;    // empty: what was checked out, or the remote's default branch
  std::string title;   // one line
  std::string body;
  bool draft = false;
  bool operator==(const PullRequest&) const = default;
};

// Ids of the surrounding process, carried into facts and results; never interpreted.
struct TaskContext {
  std::string tenant_id;
  std::string product_backlog_item_id;
  std::string sprint_id;
  std::vector<std::string> timebox_ids;
  std::vector<std::string> goal_ids;
  std::vector<std::string> work_item_ids;
  std::vector<std::string> element_ids;
  std::string correlation_id;
  std::string traceparent;
  std::string trigger = "manual";  // "auto" or "manual"
  std::string dev_brief;
  bool operator==(const TaskContext&) const = default;
};

struct TaskSpec {
  std::string work_id;  // the caller's idempotency key, [A-Za-z0-9][A-Za-z0-9._-]{0,127}
  std::string run_id;   // one execution; the launcher sets it, [a-z0-9][a-z0-9-]{0,62}
  TaskKind kind = TaskKind::kRun;
  std::string profile;
  std::string profile_template;  // JSON "template"; empty: the profile's own
  Repository repository;
  std::vector<std::string> command;  // argv, run without a shell
  std::vector<std::string> verify;   // argv, run in the phase verify after the command of the kinds
                                     // patch and run; empty: none
  std::map<std::string, std::string> environment;  // plain values only, never secrets
  // Environment name → which of the profile's grants the task uses; empty: all of them.
  std::map<std::string, SecretReference> secrets;
  PhaseTimeouts timeouts;
  Millis ttl{0};  // zero: the profile's default
  Guardrails guardrails;
  EvidenceRequest evidence;
  std::optional<PullRequest> pull_request;  // kinds patch and run only
  TaskContext context;
  bool operator==(const TaskSpec&) const = default;
};

// Durations are strings ("45m"), longer than zero; absent members take the defaults above.
Checked<TaskSpec> TaskSpecFromJson(const Json& json);
Json ToJson(const TaskSpec& spec);
Checked<EvidenceRequest> EvidenceRequestFromJson(const Json& json, std::string_view pointer);
Json ToJson(const EvidenceRequest& evidence);

// Rules on single fields, shared with the provider's plan-time checks. Empty text: fine; else the
// cause and the next step, for example `must not be empty; name the program to run`.
std::string WorkIdProblem(std::string_view work_id);
std::string RunIdProblem(std::string_view run_id);
std::string ProfileNameProblem(std::string_view name);  // also a template's
// http only to this very machine. No password and nothing that an allowlist could misread ("..",
// "%2e", "?", "#").
std::string RepositoryUrlProblem(std::string_view url);
std::string RefProblem(std::string_view ref);  // git-check-ref-format(1); empty is fine
std::string CommandProblem(const std::vector<std::string>& command);
// Reserved: names starting with AMEIDE_, CODER_, GIT_ or LD_, and others that change which code a
// program loads.
std::string EnvironmentNameProblem(std::string_view name);
std::string EnvironmentValueProblem(std::string_view value);
std::string BranchProblem(std::string_view branch);  // to push to: a plain name, no refs/…
std::string PullRequestTitleProblem(std::string_view title);
std::string PullRequestBodyProblem(std::string_view body);

}  // namespace ameide::task
