// The whole path with real Terraform: apply, empty plan, destroy, and nothing left, for tasks that
// succeed, fail and run out of time.
#include "acceptance/task_fixture.h"
#include "base/strings.h"
#include "task/contract/run_log.h"
#include "task/evidence/bundle.h"
#include "task/evidence/offline_checks.h"
#include "task/evidence/testing/keys.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kGoodScript[] = R"(set -e
echo "hello from the task"
echo "and its other stream" >&2
echo two >> services/app.txt
printf '<testsuite name="s"><testcase name="a"/><testcase name="b"/></testsuite>' \
  > "$AMEIDE_EVIDENCE_DIR/unit.xml"
)";

TEST_F(TaskTest, AppliesThenPlansEmptyThenDestroysAndLeavesNothing) {
  WriteTask(kGoodScript);
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "success");
  EXPECT_EQ(Text("state"), "completed");
  const Json state = project_.State();
  EXPECT_EQ(*state.Find("workspace")->Find("gone"), Json(true));
  EXPECT_EQ(*state.Find("exit_code"), Json(0));
  EXPECT_EQ(*state.Find("artifact")->Find("changed_files"), Json::Strings({"services/app.txt"}));
  EXPECT_EQ(*state.Find("artifact")->Find("tests")->Find("passed"), Json(2));

  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  EXPECT_THAT(plan.out, HasSubstr("No changes"));

  const TerraformRun destroy = project_.Destroy();
  EXPECT_EQ(destroy.exit_code, 0) << destroy.All();
  EXPECT_TRUE(project_.State().is_null());
  ExpectNothingLeft();
}

TEST_F(TaskTest, EvidenceIsAWholeVerifiedBundle) {
  WriteTask(kGoodScript);
  ASSERT_EQ(project_.Apply().exit_code, 0);
  const Json state = project_.State();
  const fs::path directory = *state.Find("evidence")->Find("directory")->AsString();
  const auto bundle = task::VerifyBundle(directory);
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
  EXPECT_EQ(Json(bundle->manifest_sha256), *state.Find("evidence")->Find("manifest_sha256"));
  const std::string log = EvidenceFile("run.log");
  EXPECT_THAT(log, HasSubstr(" stdout F hello from the task\n"));
  EXPECT_THAT(log, HasSubstr(" stderr F and its other stream\n"));
  EXPECT_THAT(EvidenceFile("diff.patch"), HasSubstr("+two"));
  EXPECT_THAT(EvidenceFile("facts.jsonl"), HasSubstr("io.ameide.agent.fact.work.completed.v1"));
  EXPECT_THAT(EvidenceFile("report.html"), HasSubstr("<!doctype html"));
}

TEST_F(TaskTest, AKeyOfTheProviderSignsTheEvidenceThatTheStateNames) {
  const auto key = task::testing::MakeKeyPair("ed25519");
  const auto stranger = task::testing::MakeKeyPair("ed25519");
  WriteFileAtomically(project_.folder() / "key.pem", key.private_pem).value();
  WriteTask("true");
  const std::string main = ReadFile(project_.folder() / "main.tf", 1 << 20).value();
  WriteFileAtomically(
      project_.folder() / "main.tf",
      StrReplaceAll(main, "repositories = [", "signing_key_file = \"key.pem\"\n  repositories = ["))
      .value();
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  const Json evidence = *project_.State().Find("evidence");
  const fs::path directory = *evidence.Find("directory")->AsString();
  EXPECT_FALSE(task::CheckBundle({directory, key.public_pem, std::nullopt}).failed());
  EXPECT_TRUE(task::CheckBundle({directory, stranger.public_pem, std::nullopt}).failed());
  EXPECT_EQ(Json(task::VerifyBundle(directory)->manifest_sha256),
            *evidence.Find("manifest_sha256"));
  EXPECT_THAT(project_.StateText(), Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(TaskTest, AFailingCommandIsARecordedResult) {
  WriteTask("echo broken >&2; exit 3");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "failure");
  EXPECT_EQ(Text("failure"), "command_failed");
  EXPECT_EQ(*project_.State().Find("exit_code"), Json(3));
  EXPECT_THAT(EvidenceFile("junit/ameide.xml"), HasSubstr("<failure"));
  EXPECT_EQ(project_.Plan().exit_code, 0);
  EXPECT_EQ(project_.Destroy().exit_code, 0);
  ExpectNothingLeft();
}

TEST_F(TaskTest, OnFailureErrorFailsTheApplyKeepsEvidenceAndTracksTheResource) {
  WriteTask("echo the reason is on this line >&2; exit 3", "on_failure = \"error\"");
  const TerraformRun apply = project_.Apply();
  EXPECT_EQ(apply.exit_code, 1);
  EXPECT_THAT(apply.err, HasSubstr("Task ended with outcome failure"));
  EXPECT_THAT(apply.err, HasSubstr("the reason is on this line"));
  EXPECT_TRUE(project_.StateIsTainted());
  EXPECT_THAT(EvidenceFile("run.log"), HasSubstr("the reason is on this line"));
  ExpectNothingLeft();

  // The next apply destroys the record and runs again, now well.
  WriteTask("true", "on_failure = \"error\"");
  EXPECT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(Text("outcome"), "success");
  EXPECT_FALSE(project_.StateIsTainted());
}

TEST_F(TaskTest, TheTtlKillsTheWholeProcessTree) {
  // A child that ignores TERM, in a session of its own, with the pipes held open.
  WriteTask("trap '' TERM; (trap '' TERM; setsid sh -c 'sleep 600' & sleep 600) & sleep 600",
            "ttl = \"3s\"");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "timeout");
  EXPECT_THAT(EvidenceFile("result.json"), HasSubstr("timed_out"));
  ExpectNothingLeft();
}

TEST_F(TaskTest, ADeniedPathIsAGuardrailViolationThatNamesRuleAndPath) {
  WriteTask("echo 'replicas: 9' > gitops/values.yaml");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "failure");
  EXPECT_EQ(Text("failure"), "guardrail_violation");
  const Json state = project_.State();
  const Json& finding = (*state.Find("findings")->AsArray()).at(0);
  EXPECT_EQ(*finding.Find("rule"), Json("path-denied"));
  EXPECT_EQ(*finding.Find("path"), Json("gitops/values.yaml"));
}

TEST_F(TaskTest, ChangingATriggerRunsAgainAndChangingPolicyDoesNot) {
  WriteTask("true", "triggers = { n = \"1\" }");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  const std::string first = Text("run_id");
  WriteTask("true", "triggers = { n = \"1\" }\n  on_failure = \"error\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(Text("run_id"), first);
  WriteTask("true", "triggers = { n = \"1\" }\n  on_failure = \"error\"\n  ttl = \"3600s\"");
  const TerraformRun spelled = project_.Apply();
  ASSERT_EQ(spelled.exit_code, 0) << spelled.All();
  EXPECT_EQ(Text("run_id"), first) << "3600s is what the default was";
  WriteTask("true", "triggers = { n = \"2\" }\n  on_failure = \"error\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_NE(Text("run_id"), first);
  EXPECT_EQ(project_.Plan().exit_code, 0);
}

TEST_F(TaskTest, ARetainedWorkspaceStaysUntilDestroy) {
  WriteTask("true", "retain = \"until_destroy\"\n  ttl = \"5m\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  const Json state = project_.State();
  EXPECT_EQ(*state.Find("workspace")->Find("gone"), Json(false));
  EXPECT_TRUE(fs::exists(*state.Find("workspace")->Find("location")->AsString()));
  EXPECT_EQ(project_.Plan().exit_code, 0);
  const TerraformRun destroy = project_.Destroy();
  EXPECT_EQ(destroy.exit_code, 0) << destroy.All();
  ExpectNothingLeft();
}

TEST_F(TaskTest, SettingRetainToNeverEndsAKeptWorkspaceInPlace) {
  WriteTask("true", "retain = \"until_destroy\"\n  ttl = \"5m\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  const std::string run = Text("run_id");
  WriteTask("true", "retain = \"never\"\n  ttl = \"5m\"");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("run_id"), run);
  EXPECT_EQ(*project_.State().Find("workspace")->Find("gone"), Json(true));
  ExpectNothingLeft();
}

TEST_F(TaskTest, ImportsByWorkIdAndThenPlansEmpty) {
  WriteTask(kGoodScript, "work_id = \"import-me\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  const Json before = project_.State();
  ASSERT_EQ(project_.Run({"state", "rm", "ameide_task.t"}).exit_code, 0);
  const TerraformRun import = project_.Run({"import", "ameide_task.t", "import-me"});
  ASSERT_EQ(import.exit_code, 0) << import.All();
  const Json after = project_.State();
  for (const char* name : {"id", "run_id", "outcome", "exit_code", "artifact", "workspace",
                           "evidence", "command", "repository", "profile", "kind", "ttl"}) {
    EXPECT_EQ(after.Find(name)->Dump(), before.Find(name)->Dump()) << name;
  }
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
}

TEST_F(TaskTest, TheSameWorkIdNeverRunsTwice) {
  WriteTask("echo ran >> \"" + (project_.folder() / "runs").string() + "\"",
            "work_id = \"only-once\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  ASSERT_EQ(project_.Run({"state", "rm", "ameide_task.t"}).exit_code, 0);
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(ReadFile(project_.folder() / "runs", 100).value(), "ran\n");
}

}  // namespace
}  // namespace ameide::acceptance
