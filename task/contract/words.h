// The closed vocabularies of the task contract (docs/task-contract.md) and their spellings on the
// wire. Each enum has ToString, a From…(text) that yields nothing for an unknown word, and All…()
// in the order of the enum. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace ameide::task {

// What the caller wants done. The kind decides in which phase the command runs.
enum class TaskKind { kPreflight, kPatch, kTriage, kRepoDigest, kRun };
std::string_view ToString(TaskKind kind);  // "preflight", "patch", "triage", "repo_digest", "run"
std::optional<TaskKind> TaskKindFrom(std::string_view text);
const std::vector<TaskKind>& AllTaskKinds();

// The phases of a run, in order.
enum class Phase { kCheckout, kEdit, kVerify, kPr };
std::string_view ToString(Phase phase);  // "checkout", "edit", "verify", "pr"
std::optional<Phase> PhaseFrom(std::string_view text);
const std::vector<Phase>& AllPhases();
// patch and run edit; preflight, triage and repo_digest verify.
Phase CommandPhase(TaskKind kind);

// Where a task is in its life (backlog 505, section 5.5).
enum class TaskState { kSubmitted, kWorking, kInputRequired, kCompleted, kFailed, kCanceled };
std::string_view ToString(TaskState state);  // "submitted", …, "input-required", …, "canceled"
std::optional<TaskState> TaskStateFrom(std::string_view text);
const std::vector<TaskState>& AllTaskStates();
bool IsTerminal(TaskState state);
// Never to itself, never out of a terminal state; submitted may fail (refused) without working.
bool CanTransition(TaskState from, TaskState to);

// How a run ended, in OpenTelemetry's CI/CD words. An infrastructure loss is kError, never
// kFailure.
enum class Outcome { kSuccess, kFailure, kError, kTimeout, kCancellation };
std::string_view ToString(Outcome outcome);  // "success", "failure", "error", "timeout", …
std::optional<Outcome> OutcomeFrom(std::string_view text);
const std::vector<Outcome>& AllOutcomes();
TaskState StateOf(Outcome outcome);  // completed, failed or canceled

// Why a run is no success; one word that a caller can branch on.
enum class FailureClass {
  kNone,
  kCommandFailed,       // exit code other than 0, or a signal
  kGuardrailViolation,  // the change set broke a rule
  kMissingEvidence,     // required evidence is not there
  kInputRequired,       // the command asked a question and stopped (docs/task-contract.md)
  kRefused,             // refused before anything ran: bad spec, forbidden repository
  kCheckoutFailed,      // the repository or ref could not be had
  kPublishFailed,       // the work is good, but no pull request came of it
  kTimedOut,            // a phase's clock or the hard TTL ran out
  kCancelled,           // somebody asked to stop
  kInfrastructure,      // workspace, agent or disk was lost
  kInternal,            // a bug of ours
};
std::string_view ToString(FailureClass failure);  // "", "command_failed", "guardrail_violation", …
std::optional<FailureClass> FailureClassFrom(std::string_view text);
const std::vector<FailureClass>& AllFailureClasses();
// kFailure is the run's own verdict (command, guardrails, evidence); kError means there was no run
// to judge: refused, no checkout, infrastructure lost, a bug; or no way to publish it.
Outcome OutcomeOf(FailureClass failure);
// As StateOf(OutcomeOf(failure)), but input-required for kInputRequired: that task can go on, as
// another run, when its question is answered.
TaskState StateOf(FailureClass failure);

// Exit codes of `ameide-agent task run` besides the command's own (128+n for a signal). They lie
// where no shell convention reaches; result.json is decisive when a command uses one itself.
inline constexpr int kExitTimedOut = 124;  // as timeout(1)
inline constexpr int kExitGuardrailViolation = 240;
inline constexpr int kExitMissingEvidence = 241;
inline constexpr int kExitRefused = 242;
inline constexpr int kExitCheckoutFailed = 243;
inline constexpr int kExitCancelled = 244;
inline constexpr int kExitInternal = 245;
inline constexpr int kExitInputRequired = 246;
inline constexpr int kExitPublishFailed = 247;
inline constexpr int kExitUsage = 2;
// The code for a failure class; `command_code` is used for kNone and kCommandFailed.
int AgentExitCode(FailureClass failure, int command_code);

// How a repository is brought in.
enum class CloneStrategy { kFull, kShallow, kBlobless };
std::string_view ToString(CloneStrategy strategy);  // "full", "shallow", "blobless"
std::optional<CloneStrategy> CloneStrategyFrom(std::string_view text);
const std::vector<CloneStrategy>& AllCloneStrategies();

}  // namespace ameide::task
