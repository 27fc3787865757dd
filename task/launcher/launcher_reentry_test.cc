// Launchers that come back: to a task whose launcher was lost, to leftovers, to live runs.
#include <thread>

#include "task/launcher/testing/launcher_fixture.h"

namespace ameide::task::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using ReentryTest = LauncherFixture;

// Leaves the world as a launcher that was killed while it waited: lock gone, record and run there.
struct LostLauncherTest : LauncherFixture {
  void SetUp() override {
    world->ends_at_once = false;
    const fs::path records = dir.path() / "records";
    const fs::path saved = dir.path() / "saved.json";
    options.on_identity = [&, records, saved](const Workspace& workspace) {
      fs::copy_file(records / (workspace.name + ".json"), saved);
      lost = workspace;
      world->End(kWork);
    };
    Result<TaskRecord> ran = Run();
    ASSERT_TRUE(ran.ok());
    evidence = ran->evidence_directory;
    fs::copy_file(saved, records / (lost.name + ".json"), fs::copy_options::overwrite_existing);
    options.on_identity = nullptr;
    world = std::make_shared<FakeWorld>();
  }
  void PutWorkspaceBack() {
    TaskSpec spec = SampleSpec(kWork);
    spec.run_id = lost.run_id;
    FakeBackend backend(world);
    ASSERT_TRUE(backend.Create(Context(), {spec, SampleProfile(), evidence}).ok());
  }
  Workspace lost;
  fs::path evidence;
};

TEST_F(LostLauncherTest, ALiveWorkspaceIsAdopted) {
  ASSERT_TRUE(RemoveTree(evidence).ok());
  PutWorkspaceBack();
  std::optional<Workspace> told;
  options.on_identity = [&](const Workspace& workspace) { told = workspace; };
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_EQ(record.spec.run_id, lost.run_id);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->run_id, lost.run_id);
  EXPECT_EQ(world->Calls(Verb::kCreate), 1);  // ours, in PutWorkspaceBack
}

TEST_F(LostLauncherTest, EvidenceThatTheSupervisorSavedIsUsed) {
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_EQ(world->Calls(Verb::kCreate), 0);
}

TEST_F(LostLauncherTest, NothingLeftIsAnErrorWithABundle) {
  ASSERT_TRUE(RemoveTree(evidence).ok());
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kError, FailureClass::kInfrastructure);
  EXPECT_THAT(record.result.reason, HasSubstr("launcher was lost"));
  EXPECT_EQ(world->Calls(Verb::kCreate), 0);
}

TEST_F(LostLauncherTest, SweepCollectsTheEvidenceBeforeItRemoves) {
  ASSERT_TRUE(RemoveTree(evidence).ok());
  world->ends_at_once = false;
  PutWorkspaceBack();
  const auto swept = NewLauncher()->Sweep(Context());
  ASSERT_TRUE(swept.ok());
  EXPECT_THAT(swept->problems, IsEmpty());
  EXPECT_EQ(swept->removed, std::vector<std::string>{lost.name});
  const auto record = NewLauncher()->Find(Context(), kWork);
  ASSERT_TRUE(record.ok() && *record);
  ExpectClosed(**record, Outcome::kCancellation, FailureClass::kCancelled);
}

TEST_F(LostLauncherTest, DestroyKeepsTheEvidence) {
  ASSERT_TRUE(RemoveTree(evidence).ok());
  PutWorkspaceBack();
  ASSERT_TRUE(NewLauncher()->Destroy(Context(), kWork).ok());
  EXPECT_THAT(world->Places(), IsEmpty());
  EXPECT_TRUE(VerifyBundle(evidence).ok());
  EXPECT_FALSE(*NewLauncher()->Find(Context(), kWork));
}

TEST_F(ReentryTest, AWorkspaceWithoutARecordIsAdoptedAndNotRunAgain) {
  TaskSpec spec = SampleSpec(kWork);
  spec.run_id = "run-of-before";
  ASSERT_TRUE(FakeBackend(world).Create(Context(), {spec, SampleProfile(), ""}).ok());
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_EQ(record.spec.run_id, "run-of-before");
}

TEST_F(ReentryTest, SweepSparesRunningAndRetainedTasks) {
  options.retain = Retain::kUntilDestroy;
  ASSERT_TRUE(Run("kept").ok());
  options.retain = Retain::kNever;
  world->ends_at_once = false;
  std::thread running([&] { EXPECT_TRUE(Run("running").ok()); });
  world->WaitForAwait();
  TaskSpec stranger = SampleSpec("leftover");
  stranger.run_id = "old";
  ASSERT_TRUE(FakeBackend(world).Create(Context(), {stranger, SampleProfile(), ""}).ok());

  auto swept = NewLauncher()->Sweep(Context());
  ASSERT_TRUE(swept.ok());
  EXPECT_EQ(swept->removed, std::vector<std::string>{WorkspaceName("leftover")});
  EXPECT_EQ(world->Places().size(), 2u);
  world->End("running");
  running.join();

  clock.Advance(SampleProfile().contract.default_ttl);
  swept = NewLauncher()->Sweep(Context());
  ASSERT_TRUE(swept.ok());
  EXPECT_EQ(swept->removed, std::vector<std::string>{WorkspaceName("kept")});
  EXPECT_TRUE((*NewLauncher()->Find(Context(), "kept"))->workspace_gone);
}

// Workspaces that launchers with other records share with us.
struct InstallationsTest : LauncherFixture {
  static constexpr Millis kLeft{3'600'000};
  void PutAnothersRun(const std::string& run_id = "run-of-another") {
    TaskSpec spec = SampleSpec(kWork);
    spec.run_id = run_id;
    ASSERT_TRUE(FakeBackend(world).Create(Context(), {spec, SampleProfile(), ""}).ok());
    world->Disown(kWork, "installation f00", clock.Now() + kLeft);
  }
  Launcher::Swept Sweep(Launcher::SweepScope scope = Launcher::SweepScope::kThisInstallation) {
    auto swept = NewLauncher()->Sweep(Context(), scope);
    EXPECT_TRUE(swept.ok());
    EXPECT_THAT(swept->problems, IsEmpty());
    return *std::move(swept);
  }
  const std::vector<std::string> name = {WorkspaceName(kWork)};
};

TEST_F(InstallationsTest, ASweepSparesAnothersWorkspaceUntilItIsOverAndSaysSo) {
  PutAnothersRun();
  clock.Advance(kLeft - Millis(1));
  const Launcher::Swept spared = Sweep();
  EXPECT_THAT(spared.removed, IsEmpty());
  ASSERT_EQ(spared.kept.size(), 1u);
  EXPECT_EQ(spared.kept[0].name, name[0]);
  EXPECT_THAT(spared.kept[0].why, HasSubstr("installation f00"));
  clock.Advance(Millis(1));
  EXPECT_EQ(Sweep().removed, name);
  EXPECT_THAT(world->Places(), IsEmpty());
}

TEST_F(InstallationsTest, ASweepOfAllInstallationsTakesItAtOnce) {
  PutAnothersRun();
  EXPECT_EQ(Sweep(Launcher::SweepScope::kAllInstallations).removed, name);
}

TEST_F(InstallationsTest, AnothersLiveRunIsAConflictAndIsLeftAlone) {
  PutAnothersRun();
  const auto record = Run();
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(record.error().ToString(), HasSubstr("installation f00"));
  EXPECT_EQ(world->Places().size(), 1u);
  EXPECT_FALSE(*NewLauncher()->Find(Context(), kWork)) << "no run of ours was made";
  EXPECT_EQ(world->Calls(Verb::kDestroy) + world->Calls(Verb::kCancel), 0);
}

TEST_F(InstallationsTest, AnothersRunThatIsOverMakesWay) {
  PutAnothersRun();
  clock.Advance(kLeft);
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_NE(record.spec.run_id, "run-of-another");
  EXPECT_THAT(Warnings(record), HasSubstr("was removed"));
}

// A state without our record, as another machine of the same pipeline has it.
TEST_F(InstallationsTest, DestroyByWorkIdIsMeantWhoeverMadeIt) {
  PutAnothersRun();
  EXPECT_TRUE(NewLauncher()->Destroy(Context(), kWork).ok());
  EXPECT_THAT(world->Places(), IsEmpty());
}

TEST_F(LostLauncherTest, ARunThatOurRecordNamesIsOursWhateverItsMarkSays) {
  ASSERT_TRUE(RemoveTree(evidence).ok());
  PutWorkspaceBack();
  world->Disown(kWork, "installation f00", clock.Now() + Millis(1));
  const TaskRecord record = MustRun();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_EQ(record.spec.run_id, lost.run_id);
}

TEST_F(LostLauncherTest, AnotherRunOfAnotherInstallationIsNotContinued) {
  ASSERT_TRUE(RemoveTree(evidence).ok());
  TaskSpec spec = SampleSpec(kWork);
  spec.run_id = "run-of-another";
  ASSERT_TRUE(FakeBackend(world).Create(Context(), {spec, SampleProfile(), ""}).ok());
  world->Disown(kWork, "installation f00", clock.Now() + Millis(1));
  const TaskRecord record = MustRun();
  EXPECT_EQ(record.result.failure, FailureClass::kInfrastructure);
  EXPECT_THAT(record.result.reason, HasSubstr("launcher was lost"));
  EXPECT_TRUE(record.workspace_gone) << "ours is";
  EXPECT_EQ(world->Places().size(), 1u);
  EXPECT_EQ(world->Calls(Verb::kCancel), 0);
}

TEST_F(ReentryTest, DestroyOfALiveRunCancelsItFirst) {
  world->ends_at_once = false;
  std::optional<TaskRecord> record;
  std::thread running([&] { record = MustRun(); });
  world->WaitForAwait();
  std::atomic<bool> done{false};
  std::thread ticker([&] {
    while (!done) clock.Advance(Millis(10)), std::this_thread::yield();
  });
  EXPECT_TRUE(NewLauncher()->Destroy(Context(), kWork).ok());
  done = true;
  ticker.join();
  running.join();
  EXPECT_EQ(record->result.outcome, Outcome::kCancellation);
  EXPECT_TRUE(VerifyBundle(record->evidence_directory).ok());
  EXPECT_FALSE(*NewLauncher()->Find(Context(), kWork));
}

TEST_F(ReentryTest, DestroyOfAnUnknownTaskSucceeds) {
  EXPECT_TRUE(NewLauncher()->Destroy(Context(), "never-seen").ok());
  EXPECT_FALSE(*NewLauncher()->Find(Context(), "never-seen"));
}

}  // namespace
}  // namespace ameide::task::testing
