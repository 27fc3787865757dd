#include "task/contract/task_result.h"

#include "base/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TaskResult FailedResult() {
  const WallTime start = ameide::testing::FakeClock().Now();
  TaskResult result;
  result.work_id = "w-1";
  result.run_id = "r-1";
  result.profile = "code";
  result.kind = TaskKind::kPatch;
  result.state = TaskState::kFailed;
  result.outcome = Outcome::kFailure;
  result.failure = FailureClass::kGuardrailViolation;
  result.exit_code = 0;
  result.reason = "one change breaks a rule";
  result.started_at = start;
  result.finished_at = start + std::chrono::microseconds(2'500'001);
  result.command = {"sh", "-c", "echo hi\n\tdone"};
  result.repository_url = "https://example.com/r.git";
  result.repository_ref = "main";
  result.base_commit = std::string(40, 'a');
  result.phases = {{Phase::kCheckout, start, Millis(1500), Outcome::kSuccess},
                   {Phase::kEdit, start, Millis(1), Outcome::kFailure}};
  result.findings = {{"path-denied", "gitops/x", "what", "why", "where", {"one", "two"}}};
  result.artifact.summary = "changed one file";
  result.artifact.tests = {.total = 1, .passed = 1};
  result.artifact.changed_files = {"gitops/x"};
  result.artifact.risks = {"none"};
  return result;
}

std::string CauseWith(const char* key, Json value) {
  Json json = ToJson(FailedResult());
  json.Set(key, std::move(value));
  return ToError(TaskResultFromJson(json).problems, "", "").cause;
}

TEST(TaskResult, ComesBackEqual) {
  TaskResult result = FailedResult();
  EXPECT_EQ(TaskResultFromJson(*ParseJson(ToJson(result).DumpPretty())).value, result);
  result.exit_code.reset();
  result.signal = 9;
  result.artifact.pr_url = "https://example.com/r/pull/1";
  EXPECT_EQ(TaskResultFromJson(*ParseJson(ToJson(result).Dump())).value, result);
}

TEST(TaskResult, EveryFailureClassComesBack) {
  for (const FailureClass failure : AllFailureClasses()) {
    TaskResult result = FailedResult();
    result.failure = failure;
    result.outcome = OutcomeOf(failure);
    result.state = StateOf(result.failure);
    EXPECT_EQ(TaskResultFromJson(ToJson(result)).value, result) << ToString(failure);
  }
}

TEST(TaskResult, ContradictionsAreRefused) {
  EXPECT_EQ(CauseWith("outcome", "success"),
            "/outcome: is \"success\", but failure_class \"guardrail_violation\" means "
            "\"failure\"");
  EXPECT_EQ(CauseWith("state", "completed"),
            "/state: is \"completed\", but outcome \"failure\" with failure_class "
            "\"guardrail_violation\" means \"failed\"");
  TaskResult lying = FailedResult();
  lying.failure = FailureClass::kNone;
  lying.outcome = Outcome::kSuccess;
  lying.state = TaskState::kCompleted;
  lying.exit_code = 3;
  EXPECT_EQ(ToError(TaskResultFromJson(ToJson(lying)).problems, "", "").cause,
            "/exit_code: is 3, which no success can have");
}

TEST(TaskResult, FormIsChecked) {
  EXPECT_EQ(CauseWith("version", 2), "/version: must be 1, not 2");
  EXPECT_EQ(CauseWith("exit_code", 256),
            "/exit_code: must be a whole number from 0 to 255, not 256");
  EXPECT_EQ(CauseWith("exit_code", nullptr), "/exit_code: must be a number, not null");
  EXPECT_EQ(CauseWith("run_id", "../x"),
            "/run_id: must be 1 to 63 lower-case letters, digits or '-', starting with a letter or "
            "digit");
  EXPECT_EQ(CauseWith("phases", Json::Array{Json::Object{{"phase", "edit"}}}),
            "/phases/0/started_at: is missing; add it; /phases/0/duration: is missing; add it; "
            "/phases/0/outcome: is missing; add it");
  EXPECT_NE(CauseWith("extra", 1), "");
}

TEST(TaskResult, RefusedSpecWithoutIdsHasAResult) {
  TaskResult result;
  result.failure = FailureClass::kRefused;
  result.outcome = Outcome::kError;
  result.state = TaskState::kFailed;
  EXPECT_EQ(TaskResultFromJson(ToJson(result)).value, result);
}

TEST(TaskResult, TextsComeOutPrintableAndWithoutCredentials) {
  TaskResult hostile = FailedResult();
  hostile.reason = "\x1b[31mred\x1b[0m";
  hostile.command = {
      "a\x07"
      "b"};
  hostile.repository_ref = "ma\nin";
  hostile.artifact.changed_files = {"a\tb"};
  Json json = ToJson(hostile);
  json.Set("repository", Json::Object{{"url", "https://me:pw@example.com/r"}});
  const auto read = TaskResultFromJson(json);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value->reason, "red");
  EXPECT_EQ(read.value->command[0], "ab");
  EXPECT_EQ(read.value->artifact.changed_files[0], "a b");
  EXPECT_EQ(read.value->repository_url, "https://example.com/r");
}

TEST(WithoutUserInfo, RemovesNamesAndPasswordsOnly) {
  const std::pair<const char*, const char*> rows[] = {
      {"https://example.com/r", "https://example.com/r"},
      {"https://me@example.com/r", "https://example.com/r"},
      {"https://me:p@ss@example.com/r", "https://example.com/r"},
      {"https://example.com/@scope/r", "https://example.com/@scope/r"},
      {"ssh://git@host:22/r", "ssh://host:22/r"},
      {"git@host:team/r", "host:team/r"},
      {"/srv/a@b:c/r", "/srv/a@b:c/r"},
      {"https://me:pw@host", "https://host"},
      {"https://me:pw@host?x=a@b", "https://host?x=a@b"},
      {"", ""},
  };
  for (const auto& [url, wanted] : rows) EXPECT_EQ(WithoutUserInfo(url), wanted) << url;
}

}  // namespace
}  // namespace ameide::task
