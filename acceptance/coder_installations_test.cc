// Several machines, each with a state folder of its own, share one Coder user: what a launcher may
// remove, adopt or make way for, and what it has to leave alone.
#include "acceptance/testing/coder_fixture.h"
#include "acceptance/testing/jumping_clock.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "task/launcher/coder/publish_keys.h"

namespace ameide::acceptance {
namespace {

using task::Launcher;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CoderInstallations : public ::testing::Test {
 protected:
  CoderInstallations() : world_(Options()) {}

  simulator::Options Options() {
    simulator::Options options;
    options.clock = &clock_;
    return options;
  }
  task::LaunchContext Context() { return {{}, clock_, log_}; }
  task::CoderParts Machine(const std::string& name) {
    return *task::MakeCoderParts(
        {.url = world_.server().origin(), .token = world_.server().token()}, {}, dir_.path() / name,
        {}, clock_);
  }
  std::unique_ptr<Launcher> LauncherOf(const std::string& machine) {
    task::CoderParts parts = Machine(machine);
    return std::make_unique<Launcher>(std::move(parts.backend), parts.records,
                                      std::move(parts.publisher));
  }
  // A run that is on, of a launcher that is not in this process.
  task::Workspace RunningOn(const std::string& machine) {
    auto made = Machine(machine).backend->Create(
        Context(), {world_.Spec("w", {"sleep", "600"}), world_.profile(), dir_.path()});
    EXPECT_TRUE(made.ok()) << made.error().ToString();
    return made.ok() ? *made : task::Workspace{};
  }
  Launcher::Swept Sweep(const std::string& machine,
                        Launcher::SweepScope scope = Launcher::SweepScope::kThisInstallation) {
    auto swept = LauncherOf(machine)->Sweep(Context(), scope);
    EXPECT_TRUE(swept.ok()) << swept.error().ToString();
    for (const Error& problem : swept->problems) ADD_FAILURE() << problem.ToString();
    return *std::move(swept);
  }
  Result<task::TaskRecord> Run(const std::string& machine) {
    task::RunOptions options;
    options.evidence_root = dir_.path() / "evidence";
    return LauncherOf(machine)->Run(Context(), world_.Wanted("w", {"true"}), world_.profile(),
                                    options);
  }
  size_t Live() {
    size_t live = 0;
    for (const auto& view : world_.server().workspaces()) live += view.deleted ? 0 : 1;
    return live;
  }

  // Until nobody can be at work on a run any more: ten minutes to get ready, which is no more than
  // its TTL, the TTL, and an hour.
  static constexpr Millis kOver{2 * 600'000 + 3'600'000};

  ameide::testing::TempDir dir_;
  JumpingClock clock_;
  Log log_ = Log::Silent(clock_);
  CoderWorld world_;
};

TEST_F(CoderInstallations, ARunningTaskOfAnotherMachineSurvivesASweepUntilItsTimeIsOver) {
  const task::Workspace theirs = RunningOn("one");
  EXPECT_THAT(Sweep("two").removed, IsEmpty());
  clock_.Jump(kOver - Millis(120'000));
  const Launcher::Swept spared = Sweep("two");
  EXPECT_THAT(spared.removed, IsEmpty());
  ASSERT_EQ(spared.kept.size(), 1u);
  EXPECT_EQ(spared.kept[0].name, theirs.name);
  const std::string id = *task::InstallationIdOf(Machine("one").records.parent_path());
  EXPECT_THAT(spared.kept[0].why, HasSubstr(id));
  EXPECT_EQ(Live(), 1u);
  clock_.Jump(Millis(180'000));
  EXPECT_THAT(Sweep("two").removed, ElementsAre(theirs.name));
  EXPECT_THAT(world_.Complaints(), IsEmpty());
}

TEST_F(CoderInstallations, ALeftoverOfOursIsTakenAtOnceAndAnothersWhenItIsAskedFor) {
  const task::Workspace made = RunningOn("one");
  EXPECT_THAT(Sweep("one").removed, ElementsAre(made.name));
  RunningOn("one");
  EXPECT_THAT(Sweep("two", Launcher::SweepScope::kAllInstallations).removed,
              ElementsAre(made.name));
  EXPECT_THAT(world_.Complaints(), IsEmpty());
}

TEST_F(CoderInstallations, AWorkspaceThatDoesNotSayWhoMadeItCountsAsAnothers) {
  world_.simulated().PushTemplate("bare", simulator::testing::FixtureFiles());
  const Json body = world_.simulated().CreateBody(task::WorkspaceName("w"), "sleep 600",
                                                  {{"ameide_work_id", "w"}});
  ASSERT_EQ(world_.simulated().Call("POST", "/users/me/workspaces", body).status, 201);
  EXPECT_THAT(Sweep("one").removed, IsEmpty());
  clock_.Jump(kOver + Millis(3'600'000));
  EXPECT_EQ(Sweep("one").removed.size(), 1u);
}

TEST_F(CoderInstallations, TheSameWorkIdOnAnotherMachineIsAConflictUntilTheFirstRunIsOver) {
  const task::Workspace theirs = RunningOn("one");
  const auto refused = Run("two");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().ToString(), HasSubstr("made by installation "));
  EXPECT_FALSE(*LauncherOf("two")->Find(Context(), "w"));
  const auto live = Machine("one").backend->Find(Context(), "w");
  ASSERT_TRUE(live.ok() && *live);
  EXPECT_EQ((*live)->run_id, theirs.run_id);
  EXPECT_EQ((*live)->made_by_other, "");
  clock_.Jump(kOver + Millis(60'000));
  const auto record = Run("two");
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->result.outcome, task::Outcome::kSuccess) << record->result.reason;
  EXPECT_NE(record->spec.run_id, theirs.run_id);
  EXPECT_THAT(world_.Complaints(), IsEmpty());
}

// What Terraform's destroy of a state that another machine wrote comes down to.
TEST_F(CoderInstallations, DestroyByWorkIdIsMeantWhoeverMadeIt) {
  RunningOn("one");
  const Status gone = LauncherOf("two")->Destroy(Context(), "w");
  EXPECT_TRUE(gone.ok()) << gone.error().ToString();
  EXPECT_THAT(world_.Complaints(), IsEmpty());
}

TEST_F(CoderInstallations, DestroyingOneRunLeavesAnotherOfThatNameAlone) {
  task::Workspace earlier = RunningOn("one");
  earlier.run_id = "run-of-before";
  const auto backend = Machine("one").backend;
  EXPECT_TRUE(backend->Destroy(Context(), earlier).ok());
  EXPECT_TRUE(backend->ProveGone(Context(), earlier).ok()) << "names are unique";
  EXPECT_EQ(Live(), 1u);
}

TEST_F(CoderInstallations, ATaskWhoseNameIsTakenByAUsersOwnWorkspaceDoesNotDeleteIt) {
  world_.simulated().PushTemplate("bare", simulator::testing::FixtureFiles());
  const Json body = world_.simulated().CreateBody(task::WorkspaceName("w"), "sleep 600",
                                                  {{"ameide_work_id", "another"}});
  ASSERT_EQ(world_.simulated().Call("POST", "/users/me/workspaces", body).status, 201);
  const auto record = Run("one");
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->result.outcome, task::Outcome::kError);
  EXPECT_THAT(record->result.reason, HasSubstr("no task's"));
  EXPECT_EQ(Live(), 1u);
  EXPECT_TRUE(LauncherOf("one")->Destroy(Context(), "w").ok());
  EXPECT_EQ(Live(), 1u);
}

}  // namespace
}  // namespace ameide::acceptance
