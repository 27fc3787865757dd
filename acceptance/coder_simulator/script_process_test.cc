#include "acceptance/coder_simulator/script_process.h"

#include <thread>

#include "acceptance/coder_simulator/workspace_processes.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator {
namespace {

using ::testing::ElementsAre;

const SystemClock kClock;

struct Ran {
  std::optional<ScriptReport> report;
  std::vector<std::string> lines;  // "info: …"
};

Ran RunText(const std::string& script, Millis timeout = Millis(0), std::stop_token stop = {}) {
  Ran ran;
  std::vector<std::string> argv = InterpreterOf(script);
  argv.push_back(script);
  ran.report = RunScript(
      {.spawn = {.argv = argv, .environment = {{"PATH", "/usr/bin:/bin"}}},
       .timeout = timeout,
       .grace = Millis(200),
       .log = [&](std::string_view level,
                  std::string_view line) { ran.lines.push_back(StrCat(level, ": ", line)); }},
      kClock, stop);
  return ran;
}

TEST(ScriptProcess, ReportsCodesAsTheAgentDoes) {
  struct Case {
    const char* script;
    const char* status;
    int code;
  };
  for (const Case& each : std::vector<Case>{{"exit 0", "ok", 0},
                                            {"exit 3", "exit_failure", 3},
                                            {"exit 255", "exit_failure", 255},
                                            {"kill -KILL $$", "exit_failure", -1},
                                            {"#!/no/such/interpreter\n", "exit_failure", 255}}) {
    const Ran ran = RunText(each.script);
    ASSERT_TRUE(ran.report.has_value()) << each.script;
    EXPECT_EQ(ran.report->status, each.status) << each.script;
    EXPECT_EQ(ran.report->exit_code, each.code) << each.script;
  }
}

TEST(ScriptProcess, StreamsBecomeLinesOfTheirLevels) {
  EXPECT_THAT(RunText("echo out; printf 'no newline'").lines,
              ElementsAre("info: out", "info: no newline"));
  EXPECT_THAT(RunText("echo bad >&2").lines, ElementsAre("error: bad"));
}

TEST(ScriptProcess, StdinIsEmptyAndTheSessionItsOwn) {
  const Ran ran = RunText("cat; ps -o sid= -p $$ | tr -d ' '; echo $$");
  ASSERT_EQ(ran.lines.size(), 2u);
  EXPECT_EQ(ran.lines[0], ran.lines[1]);
}

TEST(ScriptProcess, ATimeoutHangsUpAndThenKills) {
  const Ran polite = RunText("trap 'echo hung up; exit 7' HUP; sleep 100 & wait", Millis(100));
  EXPECT_EQ(polite.report->status, "timed_out");
  EXPECT_EQ(polite.report->exit_code, 255);
  EXPECT_THAT(polite.lines, ElementsAre("info: hung up"));
  const Ran stubborn = RunText("trap '' HUP; while :; do sleep 1; done", Millis(100));
  EXPECT_EQ(stubborn.report->status, "timed_out");
  EXPECT_EQ(stubborn.report->exit_code, 255);
}

TEST(ScriptProcess, OpenPipesTurnSuccessIntoFailure) {
  const ameide::testing::TempDir folder;
  const std::string pid_file = (folder.path() / "pid").string();
  const Ran ran = RunText(StrCat("sleep 100 & echo $! >", pid_file, "; exit 0"));
  EXPECT_EQ(ran.report->status, "pipes_left_open");
  EXPECT_EQ(ran.report->exit_code, 255);
  const pid_t left = std::atoi(ReadFile(pid_file, 100).value().c_str());
  const auto process = IdentifyProcess(left);
  ASSERT_TRUE(process.has_value());
  EXPECT_TRUE(SignalProcess(*process, SIGKILL));
  EXPECT_EQ(RunText("sleep 100 >/dev/null 2>&1 & kill -9 $!; exit 0").report->status, "ok");
}

TEST(ScriptProcess, AStoppedScriptReportsNothing) {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(RunText("sleep 100", Millis(0), stop.get_token()).report.has_value());
}

TEST(ScriptProcess, TheShebangNamesTheInterpreter) {
  EXPECT_THAT(InterpreterOf("#!/bin/bash -e\necho"), ElementsAre("/bin/bash", "-e", "-c"));
  EXPECT_THAT(InterpreterOf("\n  #! /bin/sh\r\n"), ElementsAre("/bin/sh", "-c"));
  EXPECT_THAT(InterpreterOf("echo"), ElementsAre("/bin/sh", "-c"));
}

TEST(WorkspaceProcesses, FindsThemByMarkFolderAndDescent) {
  const ameide::testing::TempDir folder;
  const std::string mark = StrCat("mark-", ::getpid());
  // One with the mark, whose child has lost it; one that only stands in the folder.
  auto marked = Subprocess::Spawn({.argv = {"/bin/sh", "-c", "env -i /bin/sleep 100; :"},
                                   .environment = {{kMarkVariable, mark + "/task"}}});
  auto standing = Subprocess::Spawn(
      {.argv = {"/bin/sleep", "100"}, .environment = {}, .directory = folder.path() / "."});
  ASSERT_TRUE(marked.ok() && standing.ok());
  fs::create_directory(folder.path() / "sub");
  auto below = Subprocess::Spawn(
      {.argv = {"/bin/sleep", "100"}, .environment = {}, .directory = folder.path() / "sub"});
  ASSERT_TRUE(below.ok());
  ASSERT_TRUE(KillProcessesOf(mark, folder.path(), kClock).ok());
  EXPECT_EQ(marked->Wait().signal, SIGKILL);
  EXPECT_EQ(below->Wait().signal, SIGKILL);
  EXPECT_TRUE(ProcessesOf(mark, folder.path()).empty());
  standing->Signal(SIGKILL);
  standing->Wait();
}

}  // namespace
}  // namespace ameide::simulator
