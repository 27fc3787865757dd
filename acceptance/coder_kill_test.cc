// A launcher that is killed at any moment of a run on Coder: a sweep removes what it left, and
// nothing that belongs to somebody else. AMEIDE_LONG_TESTS=1 makes it 200 rounds instead of 12.
#include <signal.h>

#include <random>

#include "acceptance/testing/coder_fixture.h"
#include "base/digest.h"
#include "base/environment.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"

namespace ameide::acceptance {
namespace {

using ::testing::IsEmpty;

constexpr int kLatestKill = 3'500;  // ms after the start; a whole run takes about as long

class CoderKillTest : public ::testing::Test {
 protected:
  CoderKillTest() : world_({}, {AnyRepositoryProfile("code")}) {}

  SpawnOptions Launcher(std::vector<std::string> arguments) {
    SpawnOptions options{
        .argv = {std::string(AMEIDE_BUILD_DIR) + "/bin/ameide-launcher", "--backend", "coder",
                 "--state", (dir_.path() / "state").string()},
        .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                        {"CODER_URL", world_.server().origin()},
                        {"CODER_SESSION_TOKEN", world_.server().token()}},
        .directory = dir_.path()};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    return options;
  }
  void KillARun(int round, Millis after) {
    const Json spec = Json::Object{{"version", 1},
                                   {"work_id", StrCat("killed-", round)},
                                   {"profile", "code"},
                                   {"repository", Json::Object{{"url", world_.RepositoryUrl()}}},
                                   {"command", Json::Strings({"sh", "-c", "sleep 1"})},
                                   {"ttl", "10m"}};
    WriteFileAtomically(dir_.path() / "spec.json", spec.Dump()).value();
    SpawnOptions options = Launcher({"run", "spec.json", "--allow-repository", "*"});
    Subprocess run = Subprocess::Spawn(options).value();
    clock_.WaitFor({}, after);
    run.Signal(SIGKILL);
    run.Wait();
  }
  CommandResult Sweep() {
    return RunCommand(Launcher({"sweep"}), {.timeout = Millis(120'000)}, clock_).value();
  }
  // Another user's task workspace; returns its id.
  std::string MakeSomebodysWorkspace() {
    const std::string token = world_.server().AddUser("somebody", false);
    const Json body = world_.simulated().CreateBody("ameide-theirs", "sleep 3000");
    const auto answer =
        world_.simulated().ClientOf(token)->Send({.method = "POST",
                                                  .target = "/api/v2/users/me/workspaces",
                                                  .headers = {{"Content-Type", "application/json"}},
                                                  .body = body.Dump()});
    EXPECT_EQ(answer->status, 201) << answer->body;
    return simulator::testing::At(ParseJson(answer->body).value(), "id")->AsString()[0];
  }

  ameide::testing::TempDir dir_;
  SystemClock clock_;
  CoderWorld world_;
};

TEST_F(CoderKillTest, WhateverTheMomentASweepLeavesNothingOfOursAndAllOfOthers) {
  const std::string theirs = MakeSomebodysWorkspace();
  const bool thorough = !Get(ProcessEnvironment(), "AMEIDE_LONG_TESTS").empty();
  const unsigned seed = std::random_device()();
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> moment(0, kLatestKill);
  for (int round = 0; round < (thorough ? 200 : 12); ++round) {
    const Millis after(moment(random));
    SCOPED_TRACE(StrCat("seed ", seed, ", round ", round, ", killed after ms ", after.count()));
    KillARun(round, after);
    const CommandResult swept = Sweep();
    EXPECT_EQ(swept.status.ShellCode(), 0) << swept.out << swept.err;
    std::vector<std::string> left;
    for (const simulator::WorkspaceView& view : world_.server().workspaces()) {
      if (view.id == theirs) {
        EXPECT_EQ(view.status, "running");
        EXPECT_EQ(view.builds, 1);
      } else if (!view.deleted || Exists(view.folder)) {
        left.push_back(view.name);
      }
    }
    EXPECT_THAT(left, IsEmpty());
    if (HasFailure()) break;
  }
  for (const simulator::RequestRecord& request : world_.server().requests()) {
    EXPECT_THAT(request.violations, IsEmpty()) << request.target;
  }
}

}  // namespace
}  // namespace ameide::acceptance
