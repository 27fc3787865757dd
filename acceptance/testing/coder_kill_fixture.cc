#include "acceptance/testing/coder_kill_fixture.h"

#include <algorithm>
#include <cstdio>

#include "acceptance/testing/kill_rounds.h"
#include "base/environment.h"
#include "base/strings.h"
#include "gmock/gmock.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Returns its id.
std::string MakeSomebodysWorkspace(CoderWorld& world) {
  const std::string token = world.server().AddUser("somebody", false);
  const Json body = world.simulated().CreateBody("ameide-theirs", "sleep 30000");
  const auto answer =
      world.simulated().ClientOf(token)->Send({.method = "POST",
                                               .target = "/api/v2/users/me/workspaces",
                                               .headers = {{"Content-Type", "application/json"}},
                                               .body = body.Dump()});
  EXPECT_EQ(answer->status, 201) << answer->body;
  return simulator::testing::At(ParseJson(answer->body).value(), "id")->AsString()[0];
}

}  // namespace

CoderKillFixture::CoderKillFixture()
    : world_({}, {AnyRepositoryProfile("code")}), theirs_(MakeSomebodysWorkspace(world_)) {}

void CoderKillFixture::Rounds(int few, Millis latest,
                              const std::function<void(int, Millis)>& round) {
  const int number = KillRounds(few, latest, round);
  std::printf("%d rounds, %zu workspaces of ours, %d of them were left to a sweep\n", number,
              world_.server().workspaces().size() - 1, swept_);
  for (const simulator::RequestRecord& request : world_.server().requests()) {
    EXPECT_THAT(request.violations, IsEmpty()) << request.target;
  }
}

SpawnOptions CoderKillFixture::Launcher(const fs::path& state, std::vector<std::string> arguments) {
  SpawnOptions options{.argv = {std::string(AMEIDE_BUILD_DIR) + "/bin/ameide-launcher", "--backend",
                                "coder", "--state", state.string()},
                       .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                       {"CODER_URL", world_.server().origin()},
                                       {"CODER_SESSION_TOKEN", world_.server().token()}},
                       .directory = dir_.path()};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  return options;
}

void CoderKillFixture::Sweep(const fs::path& state) {
  const CommandResult swept =
      RunCommand(Launcher(state, {"sweep"}), {.timeout = Millis(120'000)}, clock_).value();
  EXPECT_EQ(swept.status.ShellCode(), 0) << swept.out << swept.err;
  swept_ += static_cast<int>(std::count(swept.out.begin(), swept.out.end(), '\n'));
  EXPECT_THAT(swept.out + swept.err, Not(HasSubstr(world_.server().token())));
}

void CoderKillFixture::ExpectOnlyOthersAreLeft() {
  std::vector<std::string> left;
  for (const simulator::WorkspaceView& view : world_.server().workspaces()) {
    if (view.id == theirs_) {
      EXPECT_EQ(view.status, "running");
      EXPECT_EQ(view.builds, 1);
    } else if (!view.deleted || Exists(view.folder)) {
      left.push_back(view.name);
    }
  }
  EXPECT_THAT(left, IsEmpty());
}

}  // namespace ameide::acceptance
