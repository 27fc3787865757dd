#include "task/contract/words.h"

#include <utility>

namespace ameide::task {
namespace {

template <class Word, size_t N>
using Table = std::pair<Word, std::string_view>[N];

constexpr Table<TaskKind, 5> kTaskKinds = {{TaskKind::kPreflight, "preflight"},
                                           {TaskKind::kPatch, "patch"},
                                           {TaskKind::kTriage, "triage"},
                                           {TaskKind::kRepoDigest, "repo_digest"},
                                           {TaskKind::kRun, "run"}};
constexpr Table<Phase, 4> kPhases = {{Phase::kCheckout, "checkout"},
                                     {Phase::kEdit, "edit"},
                                     {Phase::kVerify, "verify"},
                                     {Phase::kPr, "pr"}};
constexpr Table<TaskState, 6> kTaskStates = {{TaskState::kSubmitted, "submitted"},
                                             {TaskState::kWorking, "working"},
                                             {TaskState::kInputRequired, "input-required"},
                                             {TaskState::kCompleted, "completed"},
                                             {TaskState::kFailed, "failed"},
                                             {TaskState::kCanceled, "canceled"}};
constexpr Table<Outcome, 5> kOutcomes = {{Outcome::kSuccess, "success"},
                                         {Outcome::kFailure, "failure"},
                                         {Outcome::kError, "error"},
                                         {Outcome::kTimeout, "timeout"},
                                         {Outcome::kCancellation, "cancellation"}};
constexpr Table<FailureClass, 12> kFailureClasses = {
    {FailureClass::kNone, ""},
    {FailureClass::kCommandFailed, "command_failed"},
    {FailureClass::kGuardrailViolation, "guardrail_violation"},
    {FailureClass::kMissingEvidence, "missing_evidence"},
    {FailureClass::kInputRequired, "input_required"},
    {FailureClass::kRefused, "refused"},
    {FailureClass::kCheckoutFailed, "checkout_failed"},
    {FailureClass::kPublishFailed, "publish_failed"},
    {FailureClass::kTimedOut, "timed_out"},
    {FailureClass::kCancelled, "cancelled"},
    {FailureClass::kInfrastructure, "infrastructure"},
    {FailureClass::kInternal, "internal"}};
constexpr Table<CloneStrategy, 3> kCloneStrategies = {{CloneStrategy::kFull, "full"},
                                                      {CloneStrategy::kShallow, "shallow"},
                                                      {CloneStrategy::kBlobless, "blobless"}};

template <class Word, size_t N>
std::string_view Spelling(const Table<Word, N>& table, Word word) {
  for (const auto& [value, text] : table) {
    if (value == word) return text;
  }
  return "unknown";  // only a cast can get here
}

template <class Word, size_t N>
std::optional<Word> Lookup(const Table<Word, N>& table, std::string_view text) {
  for (const auto& [value, spelling] : table) {
    if (spelling == text) return value;
  }
  return std::nullopt;
}

template <class Word, size_t N>
std::vector<Word> Values(const Table<Word, N>& table) {
  std::vector<Word> values;
  for (const auto& entry : table) values.push_back(entry.first);
  return values;
}

}  // namespace

std::string_view ToString(TaskKind kind) { return Spelling(kTaskKinds, kind); }
std::optional<TaskKind> TaskKindFrom(std::string_view text) { return Lookup(kTaskKinds, text); }
const std::vector<TaskKind>& AllTaskKinds() {
  static const std::vector<TaskKind> all = Values(kTaskKinds);
  return all;
}

std::string_view ToString(Phase phase) { return Spelling(kPhases, phase); }
std::optional<Phase> PhaseFrom(std::string_view text) { return Lookup(kPhases, text); }
const std::vector<Phase>& AllPhases() {
  static const std::vector<Phase> all = Values(kPhases);
  return all;
}

Phase CommandPhase(TaskKind kind) {
  return kind == TaskKind::kPatch || kind == TaskKind::kRun ? Phase::kEdit : Phase::kVerify;
}

std::string_view ToString(TaskState state) { return Spelling(kTaskStates, state); }
std::optional<TaskState> TaskStateFrom(std::string_view text) { return Lookup(kTaskStates, text); }
const std::vector<TaskState>& AllTaskStates() {
  static const std::vector<TaskState> all = Values(kTaskStates);
  return all;
}

bool IsTerminal(TaskState state) {
  return state == TaskState::kCompleted || state == TaskState::kFailed ||
         state == TaskState::kCanceled;
}

bool CanTransition(TaskState from, TaskState to) {
  switch (from) {
    case TaskState::kSubmitted:
      return to == TaskState::kWorking || to == TaskState::kFailed || to == TaskState::kCanceled;
    case TaskState::kWorking:
      return to == TaskState::kInputRequired || IsTerminal(to);
    case TaskState::kInputRequired:
      return to == TaskState::kWorking || to == TaskState::kFailed || to == TaskState::kCanceled;
    case TaskState::kCompleted:
    case TaskState::kFailed:
    case TaskState::kCanceled:
      return false;
  }
  return false;
}

std::string_view ToString(Outcome outcome) { return Spelling(kOutcomes, outcome); }
std::optional<Outcome> OutcomeFrom(std::string_view text) { return Lookup(kOutcomes, text); }
const std::vector<Outcome>& AllOutcomes() {
  static const std::vector<Outcome> all = Values(kOutcomes);
  return all;
}

TaskState StateOf(Outcome outcome) {
  if (outcome == Outcome::kSuccess) return TaskState::kCompleted;
  return outcome == Outcome::kCancellation ? TaskState::kCanceled : TaskState::kFailed;
}

std::string_view ToString(FailureClass failure) { return Spelling(kFailureClasses, failure); }
std::optional<FailureClass> FailureClassFrom(std::string_view text) {
  return Lookup(kFailureClasses, text);
}
const std::vector<FailureClass>& AllFailureClasses() {
  static const std::vector<FailureClass> all = Values(kFailureClasses);
  return all;
}

Outcome OutcomeOf(FailureClass failure) {
  switch (failure) {
    case FailureClass::kNone:
      return Outcome::kSuccess;
    case FailureClass::kCommandFailed:
    case FailureClass::kGuardrailViolation:
    case FailureClass::kMissingEvidence:
    case FailureClass::kInputRequired:
      return Outcome::kFailure;
    case FailureClass::kTimedOut:
      return Outcome::kTimeout;
    case FailureClass::kCancelled:
      return Outcome::kCancellation;
    case FailureClass::kRefused:
    case FailureClass::kCheckoutFailed:
    case FailureClass::kPublishFailed:
    case FailureClass::kInfrastructure:
    case FailureClass::kInternal:
      return Outcome::kError;
  }
  return Outcome::kError;
}

TaskState StateOf(FailureClass failure) {
  return failure == FailureClass::kInputRequired ? TaskState::kInputRequired
                                                 : StateOf(OutcomeOf(failure));
}

int AgentExitCode(FailureClass failure, int command_code) {
  switch (failure) {
    case FailureClass::kNone:
    case FailureClass::kCommandFailed:
      return command_code;
    case FailureClass::kGuardrailViolation:
      return kExitGuardrailViolation;
    case FailureClass::kMissingEvidence:
      return kExitMissingEvidence;
    case FailureClass::kInputRequired:
      return kExitInputRequired;
    case FailureClass::kRefused:
      return kExitRefused;
    case FailureClass::kCheckoutFailed:
      return kExitCheckoutFailed;
    case FailureClass::kPublishFailed:
      return kExitPublishFailed;
    case FailureClass::kTimedOut:
      return kExitTimedOut;
    case FailureClass::kCancelled:
      return kExitCancelled;
    case FailureClass::kInfrastructure:
    case FailureClass::kInternal:
      return kExitInternal;
  }
  return kExitInternal;
}

std::string_view ToString(CloneStrategy strategy) { return Spelling(kCloneStrategies, strategy); }
std::optional<CloneStrategy> CloneStrategyFrom(std::string_view text) {
  return Lookup(kCloneStrategies, text);
}
const std::vector<CloneStrategy>& AllCloneStrategies() {
  static const std::vector<CloneStrategy> all = Values(kCloneStrategies);
  return all;
}

}  // namespace ameide::task
