#include "base/processes.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "base/files.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"

namespace ameide {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Stat(const std::string& name, const std::string& start = "99") {
  std::string text = StrCat("12 (", name, ") S 7");
  for (int field = 5; field < 22; ++field) StrAppend(&text, " ", field);
  return StrCat(text, " ", start, " 23 24\n");
}

Process Make(pid_t pid, pid_t parent) { return {{pid, 1}, parent, 'S', 0, "x"}; }

Subprocess StartSleep(const std::string& program = "/bin/sleep") {
  return Subprocess::Spawn({.argv = {program, "1000"}, .new_session = true}).value();
}

TEST(ParseProcessStat, NamesMayHoldAnything) {
  for (const std::string name : {"sh", "a b", "(x) R 1", ")", ""}) {
    EXPECT_EQ(ParseProcessStat(Stat(name)), (Process{{12, 99}, 7, 'S', 7, name, 20})) << name;
  }
}

TEST(ParseProcessStat, RefusesOtherForms) {
  for (const std::string& text :
       {std::string(), std::string("12"), std::string("12 (sh)"), std::string("12 (sh) S 7"),
        std::string("(sh) S 7"), std::string("12 )sh( S 7"), Stat("sh", "x"), Stat("sh", "-1"),
        StrCat("x", Stat("sh"))}) {
    EXPECT_EQ(ParseProcessStat(text), std::nullopt) << text;
  }
}

TEST(DescendantsOf, FindsChildrenListedBeforeTheirParents) {
  const std::vector<Process> all = {Make(5, 9), Make(9, 2), Make(3, 1), Make(2, 1), Make(6, 3)};
  EXPECT_THAT(DescendantsOf({2}, all), ElementsAre(all[1], all[0]));
  EXPECT_THAT(DescendantsOf({2, 3}, all), ElementsAre(all[1], all[4], all[0]));
  EXPECT_THAT(DescendantsOf({5}, all), IsEmpty());
}

TEST(DescendantsOf, ParentsInACircleEnd) {
  const std::vector<Process> all = {Make(2, 3), Make(3, 2)};
  EXPECT_THAT(DescendantsOf({2}, all), ElementsAre(all[1]));
}

// A process that hides as a zombie: its first thread has left, another one sleeps.
TEST(Processes, OneWhoseFirstThreadLeftIsStillFoundAndKilled) {
  Subprocess child =
      Subprocess::Spawn({.argv = {AMEIDE_BUILD_DIR "/bin/ameide_leaderless"}, .new_session = true})
          .value();
  const SystemClock clock;
  const auto hides = [&] {
    const auto stat = ReadFile(StrCat("/proc/", child.pid(), "/stat"), 4096);
    const auto process = ParseProcessStat(stat.ok() ? *stat : "");
    return process && process->state == 'Z' && process->threads > 1;
  };
  for (int i = 0; i < 2000 && !hides(); ++i) clock.WaitFor({}, Millis(5));
  ASSERT_TRUE(hides());
  EXPECT_TRUE(IdentifyProcess(child.pid()).has_value());
  EXPECT_TRUE(KillDescendants(::getpid(), clock, Millis(10'000)));
  EXPECT_EQ(child.Wait().signal, SIGKILL);
}

TEST(Processes, AProcessIsItsPidAndItsStart) {
  Subprocess child = StartSleep();
  const auto id = IdentifyProcess(child.pid());
  ASSERT_TRUE(id);
  EXPECT_TRUE(IsAlive(*id));
  const ProcessId recycled{id->pid, id->start_ticks - 1};
  EXPECT_FALSE(IsAlive(recycled));
  EXPECT_FALSE(SignalProcess(recycled, SIGKILL));
  EXPECT_TRUE(IsAlive(*id));
  EXPECT_TRUE(SignalProcess(*id, SIGKILL));
  EXPECT_EQ(child.Wait().signal, SIGKILL);
  EXPECT_FALSE(IsAlive(*id));
  EXPECT_FALSE(SignalProcess(*id, SIGKILL));
}

TEST(Processes, AZombieIsGone) {
  Subprocess child = StartSleep();
  const auto id = IdentifyProcess(child.pid());
  ASSERT_TRUE(id);
  child.Signal(SIGKILL);
  EXPECT_TRUE(KillDescendants(::getpid(), SystemClock(), Millis(60'000)));
  EXPECT_FALSE(IsAlive(*id));  // though nobody has waited for it yet
  child.Wait();
}

TEST(Processes, AHostileProgramNameDoesNotConfuse) {
  const testing::TempDir dir;
  const fs::path program = dir.path() / "x) Z 1 (y";
  fs::copy_file("/bin/sleep", program);
  Subprocess child = StartSleep(program.string());
  const absl::Cleanup end = [&] { child.Signal(SIGKILL), child.Wait(); };
  const auto below = DescendantsOf({::getpid()}, AllProcesses());
  const auto found = std::find_if(below.begin(), below.end(), [&](const Process& process) {
    return process.id.pid == child.pid();
  });
  ASSERT_NE(found, below.end());
  EXPECT_EQ(found->name, "x) Z 1 (y");
  EXPECT_EQ(found->parent, ::getpid());
  EXPECT_TRUE(found->Living());
}

TEST(KillDescendants, ReachesGrandchildrenInOtherSessions) {
  Subprocess child = Subprocess::Spawn({.argv = {"/bin/sh", "-c", "setsid sleep 1000 & wait"},
                                        .environment = {{"PATH", "/usr/bin:/bin"}},
                                        .new_session = true})
                         .value();
  const auto names = [] {
    std::vector<std::string> found;
    for (const Process& process : DescendantsOf({::getpid()}, AllProcesses())) {
      if (process.Living()) found.push_back(process.name);
    }
    return found;
  };
  const SystemClock clock;
  while (std::ranges::count(names(), "sleep") == 0) clock.WaitFor({}, Millis(2));
  EXPECT_TRUE(KillDescendants(::getpid(), clock, Millis(60'000)));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(child.Wait().signal, SIGKILL);
}

TEST(KillUntilNone, GivesUpAtItsLimit) {
  // Nobody has this identity, so it is never hit and never gone from the list.
  const ProcessId immortal{::getpid(), 1};
  const testing::FakeClock clock;
  EXPECT_FALSE(KillUntilNone([&] { return std::vector{immortal}; }, clock, Millis(0)));
  EXPECT_TRUE(KillUntilNone([] { return std::vector<ProcessId>(); }, clock, Millis(0)));
}

}  // namespace
}  // namespace ameide
