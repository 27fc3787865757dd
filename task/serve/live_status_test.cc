#include "task/serve/live_status.h"

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/contract/facts.h"
#include "task/contract/manifest.h"

namespace ameide::task {
namespace {

TaskSpec Spec() {
  TaskSpec spec;
  spec.run_id = "run-1";
  spec.work_id = "work-1";
  spec.profile = "code";
  return spec;
}

std::string Line(Phase phase) {
  return StrCat(ProgressFact(Spec(), 1, WallTime(), phase, "started").Dump(), "\n");
}

TEST(StatusFromFacts, FollowsTheRun) {
  TaskResult result;
  result.outcome = Outcome::kFailure;
  result.state = TaskState::kFailed;
  result.failure = FailureClass::kCommandFailed;
  const std::string ended = StrCat(FinalFact(Spec(), 3, result).Dump(), "\n");
  const std::string checkout = Line(Phase::kCheckout);
  const std::string edit = Line(Phase::kEdit);
  const struct {
    std::string facts;
    LiveStatus status;
  } kCases[] = {
      {"", {.state = "submitted"}},
      {checkout, {.run_id = "run-1", .phase = "checkout", .state = "working"}},
      {checkout + edit, {.run_id = "run-1", .phase = "edit", .state = "working"}},
      {checkout + edit.substr(0, edit.size() / 2),
       {.run_id = "run-1", .phase = "checkout", .state = "working"}},
      {checkout + edit + ended, {.run_id = "run-1", .phase = "edit", .state = "failed"}},
      {StrCat("junk\n", checkout, "[1]\n{}\n{\"data\":7}\n"),
       {.run_id = "run-1", .phase = "checkout", .state = "working"}},
      {"{\"data\":{\"run_id\":\"x\",\"phase\":\"<b>\",\"state\":\"won\"}}\n",
       {.run_id = "x", .state = "submitted"}},
  };
  for (const auto& test : kCases) EXPECT_EQ(StatusFromFacts(test.facts), test.status) << test.facts;
}

TEST(ReadStatus, TellsWhatIsThereAlready) {
  const testing::TempDir temp;
  const fs::path evidence = temp.path() / "evidence";
  EXPECT_EQ(ReadStatus(temp.path(), evidence), (LiveStatus{.state = "submitted"}));
  ASSERT_TRUE(MakeDirectories(evidence).ok());
  ASSERT_TRUE(WriteFileAtomically(evidence / kFactsFile, Line(Phase::kVerify)).ok());
  ASSERT_TRUE(WriteFileAtomically(evidence / kRunLogFile, "12345").ok());
  ASSERT_TRUE(WriteFileAtomically(temp.path() / "agent.pid", "4711\n").ok());
  LiveStatus status{.run_id = "run-1",
                    .phase = "verify",
                    .state = "working",
                    .evidence = EvidenceState::kWriting,
                    .log_bytes = 5,
                    .agent_pid = 4711};
  EXPECT_EQ(ReadStatus(temp.path(), evidence), status);
  ASSERT_TRUE(WriteFileAtomically(evidence / kManifestFile, "{}").ok());
  status.evidence = EvidenceState::kSealed;
  EXPECT_EQ(ReadStatus(temp.path(), evidence), status);
  EXPECT_EQ(ToJson(status).Dump(),
            "{\"run_id\":\"run-1\",\"phase\":\"verify\",\"state\":\"working\","
            "\"evidence\":\"sealed\",\"log_bytes\":5,\"agent_pid\":4711}");
}

}  // namespace
}  // namespace ameide::task
