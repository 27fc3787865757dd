// The phases of a run, what the command may use, and how it asks.
#include "base/strings.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "task/agent/testing/task_fixture.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Shell;

class PhasesTest : public testing::TaskFixture {
 protected:
  void Again() {
    options_.workspace = temp_.path() / StrCat("workspace-", ++number_);
    options_.evidence = temp_.path() / StrCat("evidence-", number_);
  }
  std::vector<std::string> Phases() {
    std::vector<std::string> phases;
    for (const PhaseRecord& record : Outcome().phases) {
      phases.push_back(StrCat(ToString(record.phase), " ", ToString(record.outcome)));
    }
    return phases;
  }
  int number_ = 0;
};

TEST_F(PhasesTest, VerifyRunsAfterASuccessfulCommand) {
  spec_.kind = TaskKind::kPatch;
  spec_.verify = {"sh", "-c", "cat a.txt; echo $AMEIDE_WORK_ID"};
  ASSERT_EQ(RunScript("echo three > a.txt; echo edited"), 0);
  EXPECT_EQ(LogOf(LogStream::kStdout), "edited\nthree\nwork-1\n");
  EXPECT_THAT(Phases(), ElementsAre("checkout success", "edit success", "verify success"));
  EXPECT_THAT(FileInBundle(kFactsFile), HasSubstr("\"phase\":\"verify\""));
  EXPECT_THAT(Outcome().artifact.summary, HasSubstr("a.txt"));
}

TEST_F(PhasesTest, VerifyDecidesTheOutcomeAsTheCommandDoes) {
  spec_.verify = {"sh", "-c", "echo bad; exit 9"};
  EXPECT_EQ(RunScript("true"), 9);
  EXPECT_EQ(Outcome().failure, FailureClass::kCommandFailed);
  EXPECT_EQ(Outcome().exit_code, 9);
  EXPECT_THAT(Phases(), ElementsAre("checkout success", "edit success", "verify failure"));
  EXPECT_THAT(FileInBundle("junit/ameide.xml"), HasSubstr("\"verify\""));
  EXPECT_THAT(FileInBundle("takeover/followup.md"), HasSubstr("verify: failure"));
}

TEST_F(PhasesTest, VerifyIsNotRunAfterAFailure) {
  spec_.verify = {"touch", (temp_.path() / "canary").string()};
  EXPECT_EQ(RunScript("exit 4"), 4);
  EXPECT_THAT(Phases(), ElementsAre("checkout success", "edit failure"));
  EXPECT_FALSE(Exists(temp_.path() / "canary"));
}

TEST_F(PhasesTest, VerifyHasAClockOfItsOwn) {
  spec_.timeouts.verify = Millis(200);
  spec_.verify = {"sleep", "1000"};
  EXPECT_EQ(RunScript("true"), kExitTimedOut);
  EXPECT_EQ(Outcome().reason, "the verify phase ran out of its 200ms; raise timeouts.verify");
  EXPECT_THAT(Phases(), ElementsAre("checkout success", "edit success", "verify timeout"));
}

TEST_F(PhasesTest, InputsOfTheJudgementAreInTheBundle) {
  ASSERT_EQ(RunScript("true"), 0);
  const Checked<TaskSpec> spec = TaskSpecFromJson(*ParseJson(FileInBundle(kSpecFile)));
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec.value->work_id, "work-1");
  EXPECT_EQ(spec.value->timeouts.edit, profile_.timeouts.edit);  // as it was authorized
  const auto contract = ProfileContractFromJson(*ParseJson(FileInBundle(kContractFile)));
  EXPECT_EQ(contract.value, profile_);
  EXPECT_FALSE(InBundle(kFollowupFile));
  EXPECT_FALSE(InBundle(kWorkBundleFile));
  EXPECT_FALSE(InBundle("findings.sarif"));
}

TEST_F(PhasesTest, AFailureLeavesATakeoverKit) {
  EXPECT_EQ(RunScript("echo half > a.txt; exit 1"), 1);
  EXPECT_THAT(FileInBundle(kFollowupFile), HasSubstr("work.bundle"));
  EXPECT_TRUE(Exists(options_.workspace / "repo/.codex/followup.md"));
  const std::string bundle = (options_.evidence / kWorkBundleFile).string();
  Shell(origin_, StrCat("git bundle verify -q '", bundle, "'; git fetch -q '", bundle,
                        "' refs/heads/ameide-takeover"));
  EXPECT_EQ(Shell(origin_, "git show FETCH_HEAD:a.txt"), "half");
  EXPECT_EQ(Shell(origin_, "git rev-parse FETCH_HEAD^"), Outcome().base_commit);
}

TEST_F(PhasesTest, ASuccessWithAPullRequestHasTheWorkForThePublisher) {
  profile_.pull_requests = true;
  profile_.branch_prefix = "agent/";
  spec_.kind = TaskKind::kPatch;
  spec_.pull_request = {.branch = "agent/x", .base = "main", .title = "x", .body = ""};
  ASSERT_EQ(RunScript("echo three > a.txt"), 0) << Outcome().reason;
  EXPECT_TRUE(InBundle(kWorkBundleFile));
  EXPECT_FALSE(InBundle(kFollowupFile));
}

TEST_F(PhasesTest, FollowupIsNotWrittenThroughALink) {
  ASSERT_TRUE(MakeDirectories(temp_.path() / "outside").ok());
  EXPECT_EQ(RunScript(StrCat("ln -s '", (temp_.path() / "outside").string(), "' .codex; exit 1")),
            kExitGuardrailViolation);
  EXPECT_FALSE(Exists(temp_.path() / "outside/followup.md"));
  EXPECT_TRUE(InBundle("findings.sarif"));
}

TEST_F(PhasesTest, ACommandAsksByItsQuestionAndItsExitCode) {
  EXPECT_EQ(
      RunScript("printf 'Which of\\n\\033[31mthe two?\\n' > $AMEIDE_EVIDENCE_DIR/question.md; "
                "exit 75"),
      kExitInputRequired);
  EXPECT_EQ(Outcome().failure, FailureClass::kInputRequired);
  EXPECT_EQ(Outcome().state, TaskState::kInputRequired);
  EXPECT_EQ(Outcome().outcome, Outcome::kFailure);
  EXPECT_EQ(Outcome().reason, "Which of the two?");
  EXPECT_EQ(Outcome().exit_code, 75);
  EXPECT_THAT(FileInBundle(kFactsFile), HasSubstr("Which of the two?"));
  EXPECT_TRUE(InBundle("files/question.md"));
}

TEST_F(PhasesTest, WhatIsNoQuestionIsAFailure) {
  for (const char* script :
       {"exit 75", "echo q > $AMEIDE_EVIDENCE_DIR/question.md; exit 74",
        "echo ' ' > $AMEIDE_EVIDENCE_DIR/question.md; exit 75",
        "ln -s /etc/hostname $AMEIDE_EVIDENCE_DIR/question.md; exit 75",
        "mkfifo $AMEIDE_EVIDENCE_DIR/question.md; exit 75",
        "head -c 20000 /dev/zero | tr '\\0' x > $AMEIDE_EVIDENCE_DIR/question.md; exit 75"}) {
    Again();
    RunScript(script);
    EXPECT_EQ(Outcome().failure, FailureClass::kCommandFailed) << script;
    EXPECT_EQ(Outcome().state, TaskState::kFailed);
  }
}

TEST_F(PhasesTest, AQuestionDoesNotExcuseAViolation) {
  EXPECT_EQ(RunScript("mkdir secret; echo x > secret/k; "
                      "echo 'May I?' > $AMEIDE_EVIDENCE_DIR/question.md; exit 75"),
            kExitGuardrailViolation);
}

TEST_F(PhasesTest, PathHasTheProfilesToolsAndWhatScriptsNeed) {
  profile_.tools = {"od", "no-such-tool"};
  ASSERT_EQ(RunScript("printf a | od -c | head -n 1; git --version >/dev/null; "
                      "command -v stat || echo no stat; /usr/bin/stat -c %s a.txt"),
            0);
  EXPECT_THAT(LogOf(LogStream::kStdout), HasSubstr("no stat\n4\n"));
  EXPECT_THAT(LogOf(LogStream::kAgent), HasSubstr("not installed here: no-such-tool"));
  Again();
  spec_.command = {"stat", "a.txt"};
  EXPECT_EQ(Run(), 127);
  EXPECT_THAT(Outcome().reason, HasSubstr("PATH has only the tools of profile \"code\": od, "));
}

TEST_F(PhasesTest, ACommandThatClosesItsStreamsIsStillWaitedFor) {
  EXPECT_EQ(RunScript("exec >&- 2>&-; i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; exit 3"), 3);
}

}  // namespace
}  // namespace ameide::task
