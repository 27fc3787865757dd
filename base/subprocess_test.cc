#include "base/subprocess.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

SpawnOptions Shell(std::string script) {
  SpawnOptions options;
  options.argv = {"sh", "-c", std::move(script)};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  return options;
}

Result<CommandResult> RunIt(const SpawnOptions& options, CommandLimits limits = {}) {
  return RunCommand(options, limits, SystemClock());
}

// Waits until the read end says that nobody holds the write end any more.
bool IsAtEnd(int fd) {
  char byte;
  ssize_t got;
  do {
    got = ::read(fd, &byte, 1);
  } while (got > 0 || (got < 0 && errno == EINTR));
  return got == 0;
}

TEST(RunCommand, ReadsFromTheGivenDescriptorOnly) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd theirs(ends[0]);
  UniqueFd ours(ends[1]);
  ASSERT_TRUE(WriteAll(ours.get(), "given", "pipe").ok());
  ours.Reset();
  SpawnOptions options;
  options.argv = {"/bin/cat"};
  const SystemClock clock;
  EXPECT_EQ(RunCommand(options, {}, clock)->out, "");
  options.stdin_fd = theirs.get();
  EXPECT_EQ(RunCommand(options, {}, clock)->out, "given");
}

TEST(RunCommand, GivesExitCodeAndBothStreams) {
  const auto result = RunIt(Shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->status, (ExitStatus{.code = 3, .signal = {}}));
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_FALSE(result->timed_out);
}

TEST(RunCommand, GivesTheSignal) {
  const auto result = RunIt(Shell("kill -TERM $$"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->status, (ExitStatus{.code = {}, .signal = SIGTERM}));
  EXPECT_EQ(result->status.ShellCode(), 143);
  EXPECT_FALSE(result->status.Success());
}

TEST(RunCommand, ArgumentsAreExact) {
  SpawnOptions options = Shell("");
  options.argv = {"printf", "%s|", "a b", "", "$HOME", "*", "'\""};
  EXPECT_EQ(RunIt(options)->out, "a b||$HOME|*|'\"|");
}

TEST(RunCommand, EnvironmentAndFolderAreTheGivenOnesOnly) {
  const testing::TempDir dir;
  SpawnOptions options = Shell("/usr/bin/env; pwd -P");
  options.environment["A"] = "b c";
  options.directory = dir.path();
  const std::string out = RunIt(options)->out;
  EXPECT_NE(out.find("A=b c\n"), std::string::npos);
  EXPECT_NE(out.find(fs::canonical(dir.path()).string() + "\n"), std::string::npos);
  EXPECT_EQ(out.find("HOME="), std::string::npos) << out;
}

TEST(RunCommand, ProgramIsFoundOnTheChildsPath) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "only-here", "#!/bin/sh\necho found\n", 0755).ok());
  SpawnOptions options;
  options.argv = {"only-here"};
  options.environment = {{"PATH", StrCat("/nowhere::", dir.path().string())}};
  EXPECT_EQ(RunIt(options)->out, "found\n");
  options.environment.clear();
  EXPECT_EQ(RunIt(options).error().kind, ErrorKind::kNotFound);
}

TEST(RunCommand, WhatCannotStartIsAnError) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "plain", "x", 0644).ok());
  SpawnOptions options = Shell("");
  options.argv = {"no-such-program-anywhere"};
  EXPECT_EQ(
      RunIt(options).error().ToString(),
      "start no-such-program-anywhere: no such program on PATH; install it, or give its path");
  options.argv = {"/no/such/program"};
  EXPECT_EQ(RunIt(options).error().kind, ErrorKind::kNotFound);
  options.argv = {(dir.path() / "plain").string()};
  EXPECT_EQ(RunIt(options).error().kind, ErrorKind::kDenied);
  options.argv = {};
  EXPECT_EQ(RunIt(options).error().kind, ErrorKind::kInvalid);
}

TEST(RunCommand, StdinIsEmpty) { EXPECT_EQ(RunIt(Shell("cat; echo end"))->out, "end\n"); }

TEST(RunCommand, NoDescriptorIsInherited) {
  // One without close-on-exec, as a library might open it, far above the standard ones.
  const UniqueFd leaky(::fcntl(STDERR_FILENO, F_DUPFD, 50));
  ASSERT_TRUE(leaky.valid());
  // A glob, not ls: that one would see its own folder's descriptor.
  EXPECT_EQ(RunIt(Shell("cd /proc/self/fd && for fd in *; do [ -e $fd ] && echo $fd; done"))->out,
            "0\n1\n2\n");
}

TEST(RunCommand, ChildStartsWithDefaultSignals) {
  const auto before = ::signal(SIGINT, SIG_IGN);
  const absl::Cleanup back = [&] { ::signal(SIGINT, before); };
  EXPECT_EQ(RunIt(Shell("kill -INT $$; echo survived"))->status.signal, SIGINT);
}

TEST(RunCommand, OutputOverTheLimitIsReadAndDropped) {
  CommandLimits limits;
  limits.output_bytes = 10;
  const auto result = RunIt(Shell("i=0; while [ $i -lt 5000 ]; do echo 0123456789012345678901234567"
                                  "89; i=$((i+1)); done; exit 4"),
                            limits);
  EXPECT_EQ(result->out, "0123456789");
  EXPECT_EQ(result->status.code, 4);
}

TEST(RunCommand, StdoutCanBeTakenPieceByPiece) {
  std::string taken;
  CommandLimits limits;
  limits.on_stdout = [&](std::string_view bytes) { taken += bytes; };
  const auto result = RunIt(Shell("echo a; echo b"), limits);
  EXPECT_EQ(taken, "a\nb\n");
  EXPECT_EQ(result->out, "");
}

// The pipe's write end lives in the grandchild only: reading to its end proves that it is dead.
TEST(RunCommand, TimeoutKillsTheWholeGroup) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd read_end(ends[0]);
  SpawnOptions options = Shell("sleep 600 & sleep 600");
  options.extra_fd = ends[1];
  CommandLimits limits;
  limits.timeout = Millis(50);
  const auto result = RunIt(options, limits);
  ::close(ends[1]);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->status.signal, SIGKILL);
  EXPECT_TRUE(IsAtEnd(read_end.get()));
}

TEST(RunCommand, TimeoutHoldsForAChildThatClosedItsOutput) {
  CommandLimits limits;
  limits.timeout = Millis(50);
  const auto result = RunIt(Shell("exec sleep 600 >&- 2>&-"), limits);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->status.signal, SIGKILL);
}

TEST(RunCommand, StopEndsIt) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = RunCommand(Shell("sleep 600"), {}, SystemClock(), stop.get_token());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

TEST(Subprocess, ExtraDescriptorIsNumberThree) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd read_end(ends[0]);
  SpawnOptions options = Shell("printf here >&3");
  options.extra_fd = ends[1];
  auto child = Subprocess::Spawn(options);
  ::close(ends[1]);
  ASSERT_TRUE(child.ok());
  EXPECT_TRUE(child->Wait().Success());
  char buffer[16];
  EXPECT_EQ(::read(read_end.get(), buffer, sizeof buffer), 4);
}

TEST(Subprocess, PollSeesTheEndAndKeepsIt) {
  SpawnOptions options = Shell("sleep 600");
  auto child = Subprocess::Spawn(options);
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(child->Poll(), std::nullopt);
  child->Signal(SIGKILL);
  EXPECT_EQ(child->Wait().signal, SIGKILL);
  EXPECT_EQ(child->Poll()->signal, SIGKILL);
  EXPECT_EQ(child->Wait().signal, SIGKILL);
}

}  // namespace
}  // namespace ameide
