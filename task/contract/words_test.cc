#include "task/contract/words.h"

#include <set>
#include <string>

#include "base/files.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

template <class Word>
void ExpectRoundTrips(const std::vector<Word>& all, std::optional<Word> (*from)(std::string_view)) {
  std::set<std::string_view> spellings;
  for (const Word word : all) {
    EXPECT_EQ(from(ToString(word)), word);
    EXPECT_TRUE(spellings.insert(ToString(word)).second) << ToString(word);
  }
  EXPECT_EQ(from("no such word"), std::nullopt);
  EXPECT_EQ(from("Success "), std::nullopt);
}

TEST(Words, EachSpellingIsItsOwnAndComesBack) {
  ExpectRoundTrips(AllTaskKinds(), TaskKindFrom);
  ExpectRoundTrips(AllPhases(), PhaseFrom);
  ExpectRoundTrips(AllTaskStates(), TaskStateFrom);
  ExpectRoundTrips(AllOutcomes(), OutcomeFrom);
  ExpectRoundTrips(AllFailureClasses(), FailureClassFrom);
  ExpectRoundTrips(AllCloneStrategies(), CloneStrategyFrom);
}

TEST(Words, SpellingsOfTheWireStayAsTheyAre) {
  EXPECT_EQ(ToString(TaskKind::kRepoDigest), "repo_digest");
  EXPECT_EQ(ToString(TaskState::kInputRequired), "input-required");
  EXPECT_EQ(ToString(TaskState::kCanceled), "canceled");
  EXPECT_EQ(ToString(Outcome::kCancellation), "cancellation");
  EXPECT_EQ(ToString(FailureClass::kNone), "");
  EXPECT_EQ(ToString(FailureClass::kGuardrailViolation), "guardrail_violation");
}

TEST(Words, PatchAndRunEditWhileOthersVerify) {
  for (const TaskKind kind : AllTaskKinds()) {
    const bool edits = kind == TaskKind::kPatch || kind == TaskKind::kRun;
    EXPECT_EQ(CommandPhase(kind), edits ? Phase::kEdit : Phase::kVerify) << ToString(kind);
  }
}

TEST(TaskState, OnlyTheseTransitionsExist) {
  using S = TaskState;
  const std::set<std::pair<S, S>> allowed = {
      {S::kSubmitted, S::kWorking},    {S::kSubmitted, S::kFailed},
      {S::kSubmitted, S::kCanceled},   {S::kWorking, S::kInputRequired},
      {S::kWorking, S::kCompleted},    {S::kWorking, S::kFailed},
      {S::kWorking, S::kCanceled},     {S::kInputRequired, S::kWorking},
      {S::kInputRequired, S::kFailed}, {S::kInputRequired, S::kCanceled},
  };
  for (const S from : AllTaskStates()) {
    for (const S to : AllTaskStates()) {
      EXPECT_EQ(CanTransition(from, to), allowed.contains({from, to}))
          << ToString(from) << " to " << ToString(to);
    }
  }
}

TEST(TaskState, DocumentationHasTheWholeTable) {
  std::string table = "| from \\ to |";
  for (const TaskState to : AllTaskStates()) StrAppend(&table, " ", ToString(to), " |");
  StrAppend(&table, "\n|---|---|---|---|---|---|---|\n");
  for (const TaskState from : AllTaskStates()) {
    StrAppend(&table, "| ", ToString(from), " |");
    for (const TaskState to : AllTaskStates()) {
      StrAppend(&table, " ", CanTransition(from, to) ? "yes" : "", " |");
    }
    StrAppend(&table, "\n");
  }
  const auto docs = ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/task-contract.md", 1 << 20);
  ASSERT_TRUE(docs.ok());
  EXPECT_NE(docs->find(table), std::string::npos) << table;
}

TEST(Outcome, FollowsTheFailureClassAndGivesTheState) {
  struct Row {
    FailureClass failure;
    Outcome outcome;
    TaskState state;
    int exit_code;  // with 7 as the command's own
  };
  using F = FailureClass;
  const Row rows[] = {
      {F::kNone, Outcome::kSuccess, TaskState::kCompleted, 7},
      {F::kCommandFailed, Outcome::kFailure, TaskState::kFailed, 7},
      {F::kGuardrailViolation, Outcome::kFailure, TaskState::kFailed, 240},
      {F::kMissingEvidence, Outcome::kFailure, TaskState::kFailed, 241},
      {F::kInputRequired, Outcome::kFailure, TaskState::kInputRequired, 246},
      {F::kRefused, Outcome::kError, TaskState::kFailed, 242},
      {F::kCheckoutFailed, Outcome::kError, TaskState::kFailed, 243},
      {F::kPublishFailed, Outcome::kError, TaskState::kFailed, 247},
      {F::kTimedOut, Outcome::kTimeout, TaskState::kFailed, 124},
      {F::kCancelled, Outcome::kCancellation, TaskState::kCanceled, 244},
      {F::kInfrastructure, Outcome::kError, TaskState::kFailed, 245},
      {F::kInternal, Outcome::kError, TaskState::kFailed, 245},
  };
  EXPECT_EQ(std::size(rows), AllFailureClasses().size());
  for (const Row& row : rows) {
    EXPECT_EQ(OutcomeOf(row.failure), row.outcome) << ToString(row.failure);
    EXPECT_EQ(StateOf(row.failure), row.state) << ToString(row.failure);
    EXPECT_TRUE(IsTerminal(StateOf(row.outcome))) << ToString(row.failure);
    EXPECT_EQ(IsTerminal(row.state), row.failure != F::kInputRequired);
    EXPECT_EQ(AgentExitCode(row.failure, 7), row.exit_code) << ToString(row.failure);
  }
}

}  // namespace
}  // namespace ameide::task
