#include "task/launcher/local/process_watch.h"

#include <signal.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/launcher/local/workspace_layout.h"

namespace ameide::task {
namespace {

using ::ameide::testing::TempDir;

Subprocess Start(SpawnOptions options) {
  options.new_session = true;
  return Subprocess::Spawn(options).value();
}

TEST(ProcessWatch, ARunIsFoundByItsEnvironmentItsFolderAndItsParents) {
  TempDir dir;
  const fs::path folder = dir.path() / "ameide-x-1";
  const fs::path neighbour = dir.path() / "ameide-x-12";
  ASSERT_TRUE(MakeDirectories(folder).ok() && MakeDirectories(neighbour).ok());
  const std::vector<std::string> sleep = {"/bin/sleep", "1000"};
  Subprocess marked = Start({.argv = sleep, .environment = {{"AMEIDE_RUN_ID", "run-a"}}});
  Subprocess inside = Start({.argv = sleep, .directory = folder});
  Subprocess stranger =
      Start({.argv = sleep, .environment = {{"AMEIDE_RUN_ID", "run-ab"}}, .directory = neighbour});
  const absl::Cleanup end = [&] { stranger.Signal(SIGKILL), stranger.Wait(); };
  std::vector<pid_t> pids;
  for (const ProcessId& process : ProcessesOfRun("run-a", folder)) pids.push_back(process.pid);
  std::vector<pid_t> expected = {marked.pid(), inside.pid()};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(pids, expected);
  EXPECT_TRUE(KillRun("run-a", folder, SystemClock(), Millis(60'000)));
  EXPECT_EQ(marked.Wait().signal, SIGKILL);
  EXPECT_EQ(inside.Wait().signal, SIGKILL);
  EXPECT_FALSE(stranger.Poll());
}

// As an agent program that guards secrets: neither its environment nor its folder can be read.
TEST(ProcessWatch, ARunsAgentIsFoundByItsRecordAlone) {
  TempDir dir;
  const WorkspaceLayout layout{dir.path() / "ameide-x-1"};
  ASSERT_TRUE(MakeDirectories(layout.folder).ok());
  Subprocess agent = Start({.argv = {"/bin/sh", "-c", "sleep 1000; true"}, .directory = "/"});
  const absl::Cleanup end = [&] { agent.SignalGroup(SIGKILL), agent.Wait(); };
  const auto id = IdentifyProcess(agent.pid());
  ASSERT_TRUE(id);
  EXPECT_TRUE(ProcessesOfRun("run-b", layout.folder).empty());
  // Another process that only has the number by now is none of ours.
  ASSERT_TRUE(WriteAgentId(layout, {id->pid, id->start_ticks + 1}).ok());
  EXPECT_TRUE(ProcessesOfRun("run-b", layout.folder).empty());
  ASSERT_TRUE(WriteAgentId(layout, *id).ok());
  EXPECT_FALSE(ProcessesOfRun("run-b", layout.folder).empty());
  EXPECT_TRUE(KillRun("run-b", layout.folder, SystemClock(), Millis(60'000)));
  EXPECT_EQ(agent.Wait().signal, SIGKILL);
}

}  // namespace
}  // namespace ameide::task
