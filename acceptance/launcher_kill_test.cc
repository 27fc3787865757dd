// Parts of a local run that are killed at any moment: nothing is left, no task runs twice, and
// there is evidence of what began.
#include <fcntl.h>
#include <signal.h>

#include <cstdio>
#include <map>

#include "acceptance/terraform_cli.h"
#include "acceptance/test_repository.h"
#include "acceptance/testing/kill_rounds.h"
#include "gmock/gmock.h"
#include "task/launcher/backend.h"
#include "task/launcher/local/workspace_layout.h"

namespace ameide::acceptance {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Millis kLatest{1'500};  // after the start; a whole run takes about as long

// Who is hit, and whether what is left over is then for a sweep or for the next run of that task.
// Where the launcher lives or was only interrupted there is nothing to be left.
struct Attack {
  const char* name;
  int signal;
  bool launcher, supervisor, agent;
  const char* then;
};
constexpr Attack kAttacks[] = {
    {"launcher, sweep", SIGKILL, true, false, false, "sweep"},
    {"launcher, run", SIGKILL, true, false, false, "run"},
    {"launcher and supervisor, sweep", SIGKILL, true, true, false, "sweep"},
    {"launcher and supervisor, run", SIGKILL, true, true, false, "run"},
    {"all, sweep", SIGKILL, true, true, true, "sweep"},
    {"all, run", SIGKILL, true, true, true, "run"},
    {"supervisor", SIGKILL, false, true, false, ""},
    {"agent program", SIGKILL, false, false, true, ""},
    {"interrupt", SIGINT, true, false, false, ""}};

class LauncherKillTest : public ::testing::Test {
 protected:
  SpawnOptions Launcher(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {std::string(AMEIDE_BUILD_DIR) + "/bin/ameide-launcher",
                                         "--state", place_.workspaces().string()});
    return {.argv = std::move(arguments),
            .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                            {"HOME", place_.folder().string()}},
            .directory = place_.folder()};
  }
  CommandResult Done(std::vector<std::string> arguments) {
    return RunCommand(Launcher(std::move(arguments)), {.timeout = Millis(120'000)}, clock_).value();
  }
  // Notes that it began, leaves its session, changes a file.
  std::vector<std::string> RunOf(const std::string& work_id) {
    const std::string script =
        StrCat("echo x >>'", (place_.folder() / (work_id + ".begun")).string(),
               "'; (setsid sleep 600 >/dev/null 2>&1 &); sleep 0.3; echo two >services/app.txt");
    const Json spec =
        Json::Object{{"version", 1},
                     {"work_id", work_id},
                     {"profile", "code"},
                     {"repository", Json::Object{{"url", repository_.path().string()}}},
                     {"command", Json::Strings({"sh", "-c", script})},
                     {"ttl", "10m"}};
    WriteFileAtomically(place_.folder() / "spec.json", spec.Dump()).value();
    return {"run", "spec.json", "--json", "--evidence", "evidence", "--allow-repository", "*"};
  }

  void Hit(const Attack& attack, const std::string& work_id, Millis after) {
    SpawnOptions options = Launcher(RunOf(work_id));
    const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    options.stdout_fd = options.stderr_fd = null.get();
    Subprocess launcher = Subprocess::Spawn(options).value();
    clock_.WaitFor({}, after);
    const task::WorkspaceLayout layout{place_.workspaces() / "workspaces" /
                                       task::WorkspaceName(work_id)};
    const auto supervisor = task::ReadSupervisorId(layout);
    const auto agent = task::ReadAgentId(layout);
    if (attack.launcher) launcher.Signal(attack.signal);
    if (attack.supervisor && supervisor) SignalProcess(*supervisor, attack.signal);
    if (attack.agent && agent) SignalProcess(*agent, attack.signal);
    launcher.Wait();
  }

  // One record with evidence that holds; what has begun has begun once.
  void ExpectOneEnd(const std::string& work_id) {
    const CommandResult run = Done(RunOf(work_id));
    const auto record = ParseJson(run.out);
    ASSERT_TRUE(record.ok()) << run.out << run.err;
    const Json* directory = record->Find("evidence_directory");
    ASSERT_NE(directory, nullptr);
    const fs::path evidence = *directory->AsString();
    const CommandResult verified = Done({"verify", evidence.string()});
    EXPECT_EQ(verified.status.ShellCode(), 0) << verified.out << verified.err;
    std::vector<fs::path> bundles;
    for (const auto& entry : fs::directory_iterator(evidence.parent_path())) {
      bundles.push_back(entry.path());
    }
    EXPECT_THAT(bundles, SizeIs(1));
    const auto begun = ReadFile(place_.folder() / (work_id + ".begun"), 100);
    EXPECT_TRUE(!begun.ok() || *begun == "x\n") << *begun;
    EXPECT_TRUE(*record->Find("workspace_gone")->AsBool());
    const std::string outcome = *record->Find("result")->Find("outcome")->AsString();
    ++ended_[outcome];
    EXPECT_TRUE(outcome != "success" || begun.ok());
  }

  SystemClock clock_;
  TerraformProject place_;  // its folder, and how to look for what is left there
  TestRepository repository_{place_.folder() / "origin"};
  std::map<std::string, int> ended_;
};

TEST_F(LauncherKillTest, WhateverIsHitAndWhenNothingIsLeftButEvidence) {
  const int rounds = KillRounds(18, kLatest, [this](int round, Millis after) {
    const Attack& attack = kAttacks[static_cast<size_t>(round) % std::size(kAttacks)];
    SCOPED_TRACE(attack.name);
    const std::string work_id = StrCat("hit-", round);
    Hit(attack, work_id, after);
    if (attack.then == std::string_view("sweep")) {
      const CommandResult swept = Done({"sweep"});
      EXPECT_EQ(swept.status.ShellCode(), 0) << swept.out << swept.err;
    }
    if (attack.then == std::string_view("run")) ExpectOneEnd(work_id);
    EXPECT_THAT(place_.Leftovers(), IsEmpty());
    EXPECT_EQ(Done({"list"}).out, "");
    if (attack.then != std::string_view("run")) ExpectOneEnd(work_id);
  });
  std::string ends;
  for (const auto& [outcome, count] : ended_) StrAppend(&ends, ", ", outcome, " ", count);
  std::printf("%d rounds%s\n", rounds, ends.c_str());
}

}  // namespace
}  // namespace ameide::acceptance
