// Evidence that lies about its patch, through the whole lifecycle.
#include "task/launcher/testing/launcher_fixture.h"

namespace ameide::task::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string NewFile(const std::string& path) {
  return "diff --git a/" + path + " b/" + path +
         "\nnew file mode 100644\nindex "
         "0000000000000000000000000000000000000000..ce013625030ba8dba906f756967f9e9ca394464a\n"
         "--- /dev/null\n+++ b/" +
         path + "\n@@ -0,0 +1 @@\n+hello\n";
}

struct JudgementTest : LauncherFixture {
  JudgementTest() { profile.contract.guardrails.deny_paths = {"gitops/**"}; }
  TaskRecord MustJudge() {
    auto record = NewLauncher()->Run(Context(), SampleSpec(kWork), profile, options);
    EXPECT_TRUE(record.ok()) << record.error().ToString();
    return record.ok() ? *record : TaskRecord{};
  }
  static std::vector<std::string> Rules(const TaskRecord& record) {
    std::vector<std::string> rules;
    for (const Finding& finding : record.result.findings) {
      rules.push_back(finding.rule + " " + finding.path);
    }
    return rules;
  }
  static std::string Read(const TaskRecord& record, const char* file) {
    const auto bytes = ReadFile(record.evidence_directory / file, 1 << 20);
    EXPECT_TRUE(bytes.ok()) << file;
    return bytes.ok() ? *bytes : "";
  }
  Profile profile = SampleProfile();
};

TEST_F(JudgementTest, AHonestSuccessStaysOne) {
  world->files = {{"diff.patch", NewFile("src/a")}};
  const TaskRecord record = MustJudge();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_THAT(record.warnings, IsEmpty());
  EXPECT_FALSE(Exists(record.evidence_directory / "judgement.json"));
}

TEST_F(JudgementTest, ASuccessWhosePatchBreaksARuleIsAViolation) {
  world->files = {{"diff.patch", NewFile("gitops/x") + NewFile("src/a")}};
  const TaskRecord record = MustJudge();
  ExpectClosed(record, Outcome::kFailure, FailureClass::kGuardrailViolation);
  EXPECT_THAT(Rules(record), ElementsAre("path-denied gitops/x"));
  EXPECT_EQ(record.result.reason,
            "The launcher judged the collected patch again: path-denied on gitops/x; the workspace "
            "did not say so");
  EXPECT_THAT(record.warnings, ElementsAre(record.result.reason));
  // What came is kept: the patch as it was, and the result in the note.
  EXPECT_EQ(Read(record, "diff.patch"), world->files["diff.patch"]);
  const auto note = ParseJson(Read(record, "judgement.json"));
  ASSERT_TRUE(note.ok());
  const auto theirs = TaskResultFromJson(*note->Find("result_of_the_workspace"));
  ASSERT_TRUE(theirs.ok());
  EXPECT_EQ(theirs.value->outcome, Outcome::kSuccess);
  EXPECT_THAT(Read(record, "facts.jsonl"), HasSubstr("\"failure_class\":\"guardrail_violation\""));
}

TEST_F(JudgementTest, TheTasksOwnRulesCountToo) {
  world->files = {{"diff.patch", NewFile("src/a")}};
  TaskSpec spec = SampleSpec(kWork);
  spec.guardrails.deny_paths = {"src/**"};
  const auto record = NewLauncher()->Run(Context(), spec, profile, options);
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  ExpectClosed(*record, Outcome::kFailure, FailureClass::kGuardrailViolation);
}

TEST_F(JudgementTest, ASuccessWithoutAReadablePatchIsAViolation) {
  const std::pair<std::map<std::string, std::string>, const char*> cases[] = {
      {{}, "the bundle has none"},
      {{{"diff.patch", "no patch\n"}}, "line 1"},
      {{{"diff.patch", NewFile("src/a") + "@@ more"}}, "line"},
  };
  int number = 0;
  for (const auto& [files, said] : cases) {
    world->files = files;
    const auto record = NewLauncher()->Run(
        Context(), SampleSpec("work-" + std::to_string(++number)), profile, options);
    ASSERT_TRUE(record.ok()) << record.error().ToString();
    ExpectClosed(*record, Outcome::kFailure, FailureClass::kGuardrailViolation);
    EXPECT_THAT(Rules(*record), ElementsAre("changes-unreadable ."));
    EXPECT_THAT(record->result.findings.front().what_failed, HasSubstr(said));
  }
}

TEST_F(JudgementTest, ASuccessThatListsFindingsIsNone) {
  world->claims = [](TaskResult* result) {
    result->findings = {{"path-denied", "gitops/x", "what", "why", "where", {"step"}}};
  };
  const TaskRecord record = MustJudge();
  ExpectClosed(record, Outcome::kFailure, FailureClass::kGuardrailViolation);
  EXPECT_THAT(record.result.reason, HasSubstr("the workspace called it a success"));
  EXPECT_THAT(Rules(record), ElementsAre("path-denied gitops/x"));
}

TEST_F(JudgementTest, AFailureGetsTheFindingsThatItDidNotAdmit) {
  struct Case {
    FailureClass said;
    FailureClass judged;
  };
  const Case cases[] = {{FailureClass::kCommandFailed, FailureClass::kGuardrailViolation},
                        {FailureClass::kMissingEvidence, FailureClass::kGuardrailViolation},
                        {FailureClass::kTimedOut, FailureClass::kTimedOut}};
  world->files = {{"diff.patch", NewFile("gitops/x")}};
  int number = 0;
  for (const Case& one : cases) {
    world->ends_with = one.said;
    const auto record = NewLauncher()->Run(
        Context(), SampleSpec("work-" + std::to_string(++number)), profile, options);
    ASSERT_TRUE(record.ok()) << record.error().ToString();
    ExpectClosed(*record, OutcomeOf(one.judged), one.judged);
    EXPECT_THAT(Rules(*record), ElementsAre("path-denied gitops/x"));
  }
}

TEST_F(JudgementTest, AnAdmittedViolationIsLeftAsItCame) {
  world->files = {{"diff.patch", NewFile("gitops/x")}};
  world->ends_with = FailureClass::kGuardrailViolation;
  world->claims = [](TaskResult* result) {
    result->findings = {{"path-denied", "gitops/x", "theirs", "why", "where", {"step"}}};
  };
  const TaskRecord record = MustJudge();
  ExpectClosed(record, Outcome::kFailure, FailureClass::kGuardrailViolation);
  EXPECT_EQ(record.result.findings.front().what_failed, "theirs");
  EXPECT_FALSE(Exists(record.evidence_directory / "judgement.json"));
}

TEST_F(JudgementTest, AFloodOfFindingsStaysReadable) {
  std::string patch;
  for (int i = 0; i < 300; ++i) patch += NewFile("gitops/" + std::to_string(i));
  world->files = {{"diff.patch", patch}};
  const TaskRecord record = MustJudge();
  ExpectClosed(record, Outcome::kFailure, FailureClass::kGuardrailViolation);
  EXPECT_EQ(record.result.findings.size(), 100u);
  EXPECT_THAT(record.result.reason, HasSubstr("and 299 more findings"));
}

TEST_F(JudgementTest, AWorkspaceCannotSpeakForTheLauncher) {
  const std::function<void(FakeWorld*)> lies[] = {
      [](FakeWorld* w) { w->files["publication.json"] = "{}"; },
      [](FakeWorld* w) { w->files["judgement.json"] = "{}"; },
      [](FakeWorld* w) {
        w->claims = [](TaskResult* r) { r->artifact.pr_url = "https://git.example/pull/1"; };
      },
  };
  int number = 0;
  for (const auto& lie : lies) {
    world = std::make_shared<FakeWorld>();
    lie(world.get());
    const auto record = NewLauncher()->Run(
        Context(), SampleSpec("work-" + std::to_string(++number)), profile, options);
    ASSERT_TRUE(record.ok()) << record.error().ToString();
    ExpectClosed(*record, Outcome::kError, FailureClass::kInfrastructure);
    EXPECT_THAT(record->result.reason, HasSubstr("which only the"));
  }
}

TEST_F(JudgementTest, ALostLauncherIsJudgedByTheRulesOfItsStart) {
  world->ends_at_once = false;
  world->files = {{"diff.patch", NewFile("gitops/x")}};
  const fs::path records = dir.path() / "records";
  fs::path own;
  options.on_identity = [&](const Workspace& workspace) {
    own = records / (workspace.name + ".json");
    fs::copy_file(own, dir.path() / "saved.json");
    world->End(kWork);
  };
  const TaskRecord first = MustJudge();
  ASSERT_TRUE(RemoveTree(first.evidence_directory).ok());
  fs::copy_file(dir.path() / "saved.json", own, fs::copy_options::overwrite_existing);
  options.on_identity = nullptr;
  world->ends_at_once = true;
  TaskSpec spec = SampleSpec(kWork);
  spec.run_id = first.spec.run_id;
  FakeBackend backend(world);
  ASSERT_TRUE(backend.Create(Context(), {spec, profile, first.evidence_directory}).ok());
  // Another profile by now, and the first one's rules all the same.
  const auto again = NewLauncher()->Run(Context(), SampleSpec(kWork), SampleProfile(), options);
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  ExpectClosed(*again, Outcome::kFailure, FailureClass::kGuardrailViolation);
}

TEST_F(JudgementTest, AKeyThatCannotSignStopsTheTaskBeforeItBegins) {
  options.signing_key = "-----BEGIN PRIVATE KEY-----\nno key\n";
  const auto record = Run();
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(record.error().ToString(), HasSubstr("signing key"));
  EXPECT_EQ(world->Calls(Verb::kCreate), 0);
}

}  // namespace
}  // namespace ameide::task::testing
