#include "task/launcher/launcher.h"

#include <thread>

#include "base/strings.h"
#include "task/launcher/testing/launcher_fixture.h"

namespace ameide::task::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using LauncherTest = LauncherFixture;

Error Broken(ErrorKind kind = ErrorKind::kUnavailable) {
  return Error{kind, "touch the fake", "it", "broken on purpose", ""};
}

TEST_F(LauncherTest, ASuccessLeavesEvidenceARecordAndNoWorkspace) {
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_THAT(record.warnings, IsEmpty());
  EXPECT_EQ(record.backend, "fake");
  const auto found = NewLauncher()->Find(Context(), kWork);
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->result, record.result);
  EXPECT_EQ((*found)->workspace, record.workspace);
}

TEST_F(LauncherTest, AFailedRunIsAValue) {
  world->ends_with = FailureClass::kCommandFailed;
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kFailure, FailureClass::kCommandFailed);
  EXPECT_EQ(record.result.exit_code, 3);
}

TEST_F(LauncherTest, ASpecThatMayNotRunCreatesNothing) {
  TaskSpec spec = SampleSpec(kWork);
  spec.ttl = Millis(24 * 3600 * 1000);
  const auto record = NewLauncher()->Run(Context(), spec, SampleProfile(), options);
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(record.error().ToString(), HasSubstr("/ttl"));
  EXPECT_EQ(world->Calls(Verb::kCreate), 0);
  EXPECT_FALSE(*NewLauncher()->Find(Context(), kWork));
  EXPECT_TRUE(fs::is_empty(dir.path() / "records")) << "not even a lock is left";
  EXPECT_EQ(Run("../escape").error().kind, ErrorKind::kInvalid);
}

TEST_F(LauncherTest, TheOperatorsRepositoriesAreAllowedBesidesTheProfiles) {
  Profile profile = SampleProfile();
  profile.contract.repositories = {"https://example.invalid/other"};
  EXPECT_FALSE(NewLauncher()->Run(Context(), SampleSpec(kWork), profile, options).ok());
  options.also_allowed_repositories = {"https://example.invalid/repo"};
  EXPECT_TRUE(NewLauncher()->Run(Context(), SampleSpec(kWork), profile, options).ok());
}

TEST_F(LauncherTest, ATaskIsRecordedBeforeAnythingOfItExists) {
  bool looked = false;
  world->before = [&](Verb verb) {
    if (verb != Verb::kCreate) return;
    looked = true;
    const auto found = NewLauncher()->Find(Context(), kWork);
    ASSERT_TRUE(found.ok() && *found);
    EXPECT_FALSE((*found)->spec.run_id.empty());
    EXPECT_FALSE((*found)->evidence_directory.empty());
  };
  MustRun();
  EXPECT_TRUE(looked);
}

TEST_F(LauncherTest, TheIdentityIsRecordedBeforeTheFirstWait) {
  bool told = false;
  options.on_identity = [&](const Workspace& workspace) {
    told = true;
    EXPECT_EQ(world->Calls(Verb::kAwaitEnd), 0);
    const auto found = NewLauncher()->Find(Context(), kWork);
    ASSERT_TRUE(found.ok() && *found);
    EXPECT_EQ((*found)->workspace, workspace);
    EXPECT_EQ((*found)->result.state, TaskState::kWorking);
  };
  MustRun();
  EXPECT_TRUE(told);
}

TEST_F(LauncherTest, AWorkIdRunsOnce) {
  const TaskRecord first = MustRun();
  const TaskRecord second = MustRun();
  EXPECT_EQ(world->Calls(Verb::kCreate), 1);
  EXPECT_EQ(first.result, second.result);
}

TEST_F(LauncherTest, AnOldResultIsNoAnswerToAnotherTask) {
  MustRun();
  const std::pair<const char*, std::function<void(TaskSpec*)>> others[] = {
      {"kind", [](TaskSpec* spec) { spec->kind = TaskKind::kPreflight; }},
      {"repository url", [](TaskSpec* spec) { spec->repository.url += "x"; }},
      {"repository ref", [](TaskSpec* spec) { spec->repository.ref = "main"; }},
      {"command", [](TaskSpec* spec) { spec->command = {"false"}; }},
      {"verify", [](TaskSpec* spec) { spec->verify = {"true"}; }}};
  for (const auto& [name, change] : others) {
    TaskSpec spec = SampleSpec(kWork);
    change(&spec);
    const auto record = NewLauncher()->Run(Context(), spec, SampleProfile(), options);
    ASSERT_FALSE(record.ok()) << name;
    EXPECT_EQ(record.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(record.error().ToString(), HasSubstr(StrCat("a task with another ", name)));
  }
  TaskSpec again = SampleSpec(kWork);
  again.context.traceparent = "00-another-delivery";
  EXPECT_TRUE(NewLauncher()->Run(Context(), again, SampleProfile(), options).ok());
  EXPECT_EQ(world->Calls(Verb::kCreate), 1);
}

TEST_F(LauncherTest, AWorkIdRunsOnceWhenTwoLaunchersTryAtTheSameTime) {
  world->ends_at_once = false;
  std::optional<TaskRecord> records[2];
  std::thread first([&] { records[0] = MustRun(); });
  world->WaitForAwait();
  std::thread second([&] { records[1] = MustRun(); });
  world->End(kWork);
  first.join();
  clock.Advance(Millis(1000));
  std::atomic<bool> done{false};
  std::thread ticker([&] {
    while (!done) clock.Advance(Millis(50)), std::this_thread::yield();
  });
  second.join();
  done = true;
  ticker.join();
  EXPECT_EQ(world->Calls(Verb::kCreate), 1);
  EXPECT_EQ(records[0]->result, records[1]->result);
}

TEST_F(LauncherTest, FailuresOfSingleStepsLeakNothingAndLeaveEvidence) {
  struct Case {
    const char* name;
    Verb verb;
    Outcome outcome;
    FailureClass failure;
    const char* said;
  };
  const Case cases[] = {
      {"create", Verb::kCreate, Outcome::kError, FailureClass::kInfrastructure,
       "could not be created"},
      {"await", Verb::kAwaitEnd, Outcome::kSuccess, FailureClass::kNone, ""},
      {"collect", Verb::kCollect, Outcome::kError, FailureClass::kInfrastructure,
       "broken on purpose"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    world = std::make_shared<FakeWorld>();
    world->Fail(one.verb, 1, Broken());
    const auto record = Run(one.name);
    ASSERT_TRUE(record.ok()) << record.error().ToString();
    ExpectClosed(*record, one.outcome, one.failure);
    EXPECT_THAT(record->result.reason, HasSubstr(one.said));
  }
}

TEST_F(LauncherTest, AWorkspaceThatIsLostIsAnErrorAndNeverAFailure) {
  world->Fail(Verb::kAwaitEnd, 1, Broken());
  world->evidence = FakeEvidence::kNone;
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kError, FailureClass::kInfrastructure);
  EXPECT_EQ(world->Calls(Verb::kCancel), 1);  // what is left of it must not go on
  EXPECT_THAT(record.result.reason, HasSubstr("lost"));
}

TEST_F(LauncherTest, ATtlThatTheWorkspaceEnforcedIsATimeout) {
  world->Fail(Verb::kAwaitEnd, 1, Broken(ErrorKind::kTimeout));
  world->evidence = FakeEvidence::kLogOnly;
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kTimeout, FailureClass::kTimedOut);
  EXPECT_THAT(*ReadFile(record.evidence_directory / kRunLogFile, 4096), HasSubstr("hello"));
}

TEST_F(LauncherTest, EvidenceThatCannotBeTrustedBecomesABundleThatSaysSo) {
  struct Case {
    FakeEvidence evidence;
    const char* said;
    bool log_is_kept;
  };
  const Case cases[] = {{FakeEvidence::kNone, "there is none", false},
                        {FakeEvidence::kLogOnly, "manifest", true},
                        {FakeEvidence::kTampered, "run.log", true},
                        {FakeEvidence::kOtherRun, "another-run", true},
                        {FakeEvidence::kLinkAsLog, "run.log", false}};
  int number = 0;
  for (const Case& one : cases) {
    SCOPED_TRACE(one.said);
    world->evidence = one.evidence;
    const auto record = Run("case-" + std::to_string(++number));
    ASSERT_TRUE(record.ok()) << record.error().ToString();
    ExpectClosed(*record, Outcome::kError, FailureClass::kInfrastructure);
    EXPECT_THAT(record->result.reason, HasSubstr(one.said));
    EXPECT_THAT(record->warnings, Not(IsEmpty()));
    const std::string text = *ReadFile(record->evidence_directory / kRunLogFile, 1 << 20);
    EXPECT_EQ(text.find(" agent F ") == std::string::npos, one.log_is_kept) << text;
    EXPECT_THAT(text, Not(HasSubstr("root:")));  // nothing that a planted link points to
    EXPECT_EQ(record->result.artifact.tests.total, 1);
  }
}

TEST_F(LauncherTest, AWorkspaceThatStaysIsARecordedDebtThatDestroyPays) {
  for (const Verb verb : {Verb::kDestroy, Verb::kProveGone}) {
    world = std::make_shared<FakeWorld>();
    world->Fail(verb, 1, Broken());
    const std::string id = verb == Verb::kDestroy ? "debt-1" : "debt-2";
    const auto record = Run(id);
    ASSERT_TRUE(record.ok());
    EXPECT_EQ(record->result.outcome, Outcome::kSuccess);
    EXPECT_FALSE(record->workspace_gone);
    EXPECT_THAT(Warnings(*record), HasSubstr("sweep"));
    ExpectEvidence(*record);
    EXPECT_TRUE(NewLauncher()->Destroy(Context(), id).ok());
    EXPECT_THAT(world->Places(), IsEmpty());
    EXPECT_FALSE(*NewLauncher()->Find(Context(), id));
  }
}

TEST_F(LauncherTest, StopAtAnyStageStillCollectsAndDestroys) {
  struct Case {
    Verb at;
    Outcome outcome;
    FailureClass failure;
  };
  // A stop that comes when the run has ended by itself does not rewrite how it ended.
  const Case cases[] = {{Verb::kCreate, Outcome::kCancellation, FailureClass::kCancelled},
                        {Verb::kAwaitEnd, Outcome::kCancellation, FailureClass::kCancelled},
                        {Verb::kCollect, Outcome::kSuccess, FailureClass::kNone},
                        {Verb::kDestroy, Outcome::kSuccess, FailureClass::kNone},
                        {Verb::kProveGone, Outcome::kSuccess, FailureClass::kNone}};
  int number = 0;
  for (const Case& one : cases) {
    SCOPED_TRACE(number);
    world = std::make_shared<FakeWorld>();
    stop = std::stop_source();
    world->ends_at_once = one.at != Verb::kAwaitEnd;
    world->before = [&](Verb verb) {
      if (verb == one.at) stop.request_stop();
    };
    const auto record = Run("stop-" + std::to_string(++number));
    ASSERT_TRUE(record.ok()) << record.error().ToString();
    ExpectClosed(*record, one.outcome, one.failure);
  }
}

TEST_F(LauncherTest, ARunThatIgnoresTheCancellationIsStillDestroyed) {
  world->ends_at_once = false;
  world->ignores_cancel = true;
  world->evidence = FakeEvidence::kLogOnly;
  world->before = [&](Verb verb) {
    if (verb == Verb::kAwaitEnd) stop.request_stop();
  };
  std::optional<TaskRecord> record;
  std::atomic<bool> done{false};
  std::thread ticker([&] {
    world->WaitForAwait();
    while (!done) clock.Advance(Millis(1000)), std::this_thread::yield();
  });
  record = MustRun();
  done = true;
  ticker.join();
  ExpectClosed(*record, Outcome::kCancellation, FailureClass::kCancelled);
}

TEST_F(LauncherTest, TheLaunchersOwnClockEndsARunThatOutlivesItsTtl) {
  world->ends_at_once = false;
  world->evidence = FakeEvidence::kNone;
  std::thread ticker([&] {
    world->WaitForAwait();
    while (world->Calls(Verb::kCancel) == 0) {
      clock.Advance(Millis(60'000));
      std::this_thread::yield();
    }
  });
  const TaskRecord record = MustRun();
  ticker.join();
  ExpectClosed(record, Outcome::kTimeout, FailureClass::kTimedOut);
}

TEST_F(LauncherTest, RetainKeepsWhatItSaysAndDestroyRemovesIt) {
  struct Case {
    Retain retain;
    FailureClass ends_with;
    bool kept;
  };
  const Case cases[] = {{Retain::kNever, FailureClass::kCommandFailed, false},
                        {Retain::kOnFailure, FailureClass::kNone, false},
                        {Retain::kOnFailure, FailureClass::kCommandFailed, true},
                        {Retain::kUntilDestroy, FailureClass::kNone, true}};
  int number = 0;
  for (const Case& one : cases) {
    SCOPED_TRACE(number);
    world->ends_with = one.ends_with;
    options.retain = one.retain;
    const std::string id = "retain-" + std::to_string(++number);
    const auto record = Run(id);
    ASSERT_TRUE(record.ok());
    EXPECT_EQ(record->workspace_gone, !one.kept);
    EXPECT_EQ(world->Retained(id), one.kept);
    EXPECT_EQ(world->Places().count(WorkspaceName(id)), one.kept ? 1u : 0u);
    ExpectEvidence(*record);
    EXPECT_THAT(Warnings(*record),
                one.kept ? HasSubstr("at the latest until 2026-01-02") : HasSubstr(""));
    EXPECT_TRUE(NewLauncher()->Destroy(Context(), id).ok());
    EXPECT_THAT(world->Places(), IsEmpty());
    EXPECT_TRUE(VerifyBundle(record->evidence_directory).ok());  // evidence stays
  }
}

TEST_F(LauncherTest, ABrokenRecordIsReportedAndNotOverwritten) {
  MustRun();
  const fs::path file = dir.path() / "records" / (WorkspaceName(kWork) + ".json");
  ASSERT_TRUE(WriteFileAtomically(file, "{\"version\": 1, \"stranger\": true}").ok());
  const auto record = Run();
  ASSERT_FALSE(record.ok());
  EXPECT_THAT(record.error().ToString(), HasSubstr("/stranger"));
  EXPECT_EQ(world->Calls(Verb::kCreate), 1);
  EXPECT_TRUE(NewLauncher()->Destroy(Context(), kWork).ok());  // the way out
}

TEST_F(LauncherTest, APlaceThatTakesNoEvidenceIsKnownBeforeTheWork) {
  ASSERT_TRUE(WriteFileAtomically(options.evidence_root, "a file in the way").ok());
  const auto record = Run();
  ASSERT_FALSE(record.ok());
  EXPECT_THAT(record.error().ToString(), HasSubstr(options.evidence_root.string()));
  EXPECT_EQ(world->Calls(Verb::kCreate), 0);
  ASSERT_TRUE(RemoveTree(options.evidence_root).ok());
  ExpectClosed(MustRun(), Outcome::kSuccess, FailureClass::kNone);  // nothing stands in its way
}

TEST_F(LauncherTest, EvidenceThatCannotBeStoredIsSaidAndTheWorkspaceStillGoes) {
  world->before = [&](Verb verb) {
    if (verb != Verb::kCollect) return;
    EXPECT_TRUE(RemoveTree(options.evidence_root).ok());
    EXPECT_TRUE(WriteFileAtomically(options.evidence_root, "a file in the way").ok());
  };
  const TaskRecord record = MustRun();
  EXPECT_TRUE(record.workspace_gone);
  EXPECT_TRUE(record.evidence_directory.empty());
  EXPECT_EQ(record.result.outcome, Outcome::kError);
  EXPECT_THAT(Warnings(record), HasSubstr("evidence could not be stored"));
}

}  // namespace
}  // namespace ameide::task::testing
