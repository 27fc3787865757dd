#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "task/agent/testing/agent_program.h"

namespace ameide::task {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using AgentMainTest = testing::AgentProgram;

TEST_F(AgentMainTest, RunsATaskFromItsFilesQuietly) {
  spec_.command = {"sh", "-c", "echo hello; exit 5"};
  WriteInputs();
  const CommandResult result = Call(Arguments("run"));
  EXPECT_EQ(result.status.code, 5);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(Outcome().failure, FailureClass::kCommandFailed);
  EXPECT_EQ(LogOf(LogStream::kStdout), "hello\n");
}

TEST_F(AgentMainTest, UsageErrorsExitWithTwoAndLeaveNothing) {
  const std::vector<std::string> kBad[] = {
      {}, {"run"}, {"run", "--spec", "x"}, Arguments("dance"), {"run", "--nonsense"}};
  for (const std::vector<std::string>& arguments : kBad) {
    const CommandResult result = Call(arguments);
    EXPECT_EQ(result.status.code, kExitUsage);
    EXPECT_THAT(result.err, HasSubstr("ameide-agent: "));
    EXPECT_FALSE(Exists(options_.evidence));
  }
}

TEST_F(AgentMainTest, BadInputsAreRefusedWithABundleThatSaysWhy) {
  const std::string good = ToJson(spec_).Dump();
  const struct {
    std::string spec;
    std::string why;
  } kCases[] = {{"", "spec.json"},
                {"{", "spec.json"},
                {"[]", "read task spec"},
                {StrReplaceAll(good, "\"work_id\"", "\"surprise\""), "surprise"},
                {std::string(5u << 20, ' '), "larger than"},
                {std::string(1000, '['), "spec.json"},
                {good, "asked to run 'patch'"}};
  int number = 0;
  for (const auto& test : kCases) {
    WriteInputs();
    ASSERT_TRUE(WriteFileAtomically(spec_file_, test.spec).ok());
    options_.evidence = temp_.path() / StrCat("evidence-", ++number);
    bundle_.reset();
    EXPECT_EQ(Call(Arguments("patch")).status.code, kExitRefused) << test.why;
    EXPECT_EQ(Outcome().failure, FailureClass::kRefused) << test.why;
    EXPECT_THAT(Outcome().reason, HasSubstr(test.why));
  }
}

TEST_F(AgentMainTest, TermIsACancellation) {
  const fs::path fifo = temp_.path() / "sign";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  spec_.command = {"sh", "-c", StrCat(": > '", fifo.string(), "'; exec sleep 1000")};
  WriteInputs();
  SpawnOptions program = Program(Arguments("run"));
  program.new_session = true;
  Result<Subprocess> child = Subprocess::Spawn(program);
  ASSERT_TRUE(child.ok());
  const UniqueFd started(::open(fifo.c_str(), O_RDONLY | O_CLOEXEC));
  child->Signal(SIGTERM);
  EXPECT_EQ(child->Wait().code, kExitCancelled);
  EXPECT_EQ(Outcome().failure, FailureClass::kCancelled);
}

TEST_F(AgentMainTest, WorkspaceCredentialsStayOutOfTheCommand) {
  options_.environment["CODER_AGENT_TOKEN"] = "not-a-real-token";
  spec_.command = {"env"};
  WriteInputs();
  EXPECT_EQ(Call(Arguments("run")).status.code, 0);
  EXPECT_EQ(LogOf(LogStream::kStdout).find("CODER_"), std::string::npos);
}

TEST_F(AgentMainTest, WhatIsPassedOnIsBoundedAndEndsWithOneKnownLine) {
  spec_.command = {"sh", "-c",
                   "echo begin; head -c 100000 /dev/zero | tr '\\0' x; echo; echo end; "
                   "echo complaint >&2; exit 3"};
  WriteInputs();
  std::vector<std::string> arguments = Arguments("run");
  arguments.insert(arguments.end(), {"--echo-limit", "1000"});
  const CommandResult result = Call(arguments);
  EXPECT_EQ(result.status.code, 3);
  EXPECT_LE(result.out.size(), 1000u);
  EXPECT_THAT(result.out, StartsWith("begin\nxxx"));
  EXPECT_THAT(result.out, HasSubstr("xxx\nend\n"));
  EXPECT_THAT(result.err, HasSubstr(" bytes of output are left out here; run.log"));
  EXPECT_THAT(result.err, HasSubstr("\nameide: `sh -c "));
  EXPECT_THAT(result.err, EndsWith(StrCat("\nameide: run run-1 ended: outcome=failure exit=3 ",
                                          "manifest=sha256:", Bundle().manifest_sha256, "\n")));
  EXPECT_EQ(LogOf(LogStream::kStdout).size(), 100'011u) << "the evidence has all of it";
}

TEST_F(AgentMainTest, ARefusalIsPassedOnToo) {
  WriteInputs();
  std::vector<std::string> arguments = Arguments("patch");
  arguments.insert(arguments.end(), {"--echo-limit", "1000"});
  const CommandResult result = Call(arguments);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("asked to run 'patch'"));
  EXPECT_THAT(result.err, HasSubstr("\nameide: run run-1 ended: outcome=error exit=242 manifest="));
}

// As in a pod, where the secrets of all phases are variables of the workspace.
TEST_F(AgentMainTest, SecretsOfTheEnvironmentReachTheirPhasesAndNoOtherEnvironment) {
  const std::string edit = StrCat("fake-edit-key-", ::getpid());
  const std::string verify = StrCat("fake-verify-key-", ::getpid());
  options_.environment["MODEL_KEY"] = edit;
  options_.environment["VERIFY_KEY"] = verify;
  options_.environment["CODER_AGENT_TOKEN"] = StrCat("fake-agent-token-", ::getpid());
  profile_.secrets = {{"MODEL_KEY", "model", "k", {Phase::kEdit}},
                      {"VERIFY_KEY", "verify", "k", {Phase::kVerify}}};
  constexpr char kLook[] =
      "echo ${#MODEL_KEY} ${#VERIFY_KEY}; cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | "
      "grep -c -e \"^VERIFY_KEY=.*-key-$MINE\" -e \"^CODER_AGENT_TOKEN=.*-token-$MINE\"; true";
  spec_.command = {"sh", "-c", kLook};
  spec_.verify = {"sh", "-c", "echo ${#MODEL_KEY} ${#VERIFY_KEY}"};
  spec_.environment["MINE"] = StrCat(::getpid());
  WriteInputs();
  EXPECT_EQ(Call(Arguments("run")).status.code, 0);
  EXPECT_EQ(LogOf(LogStream::kStdout), StrCat(edit.size(), " 0\n0\n", "0 ", verify.size(), "\n"));
}

TEST_F(AgentMainTest, SecretsComeInAFolderThatIsGone) {
  const fs::path secrets = temp_.path() / "secrets";
  ASSERT_TRUE(MakeDirectories(secrets).ok());
  ASSERT_TRUE(WriteFileAtomically(secrets / "MODEL_KEY", "fake-model-key").ok());
  profile_.secrets = {{"MODEL_KEY", "model", "k", {Phase::kEdit}}};
  spec_.command = {"sh", "-c", "echo ${#MODEL_KEY}"};
  WriteInputs();
  std::vector<std::string> arguments = Arguments("run");
  arguments.insert(arguments.end(), {"--secrets", secrets.string()});
  EXPECT_EQ(Call(arguments).status.code, 0);
  EXPECT_EQ(LogOf(LogStream::kStdout), "14\n");
  EXPECT_FALSE(Exists(secrets));
}

// For a really full disk see hard_endings_test.cc.
TEST_F(AgentMainTest, ALogThatFindsNoSpaceIsToldAndTheRunGoesOn) {
  spec_.command = {"sh", "-c", "head -c 8000000 /dev/zero; exit 6"};
  WriteInputs();
  SpawnOptions program = Program(Arguments("run"));
  program.argv.insert(program.argv.begin(),
                      {"sh", "-c", "trap '' XFSZ; ulimit -f 4096; exec \"$@\"", "sh"});
  const Result<CommandResult> result = RunCommand(program, {}, clock_);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->status.code, 6) << result->err;
  ASSERT_FALSE(Bundle().manifest.omissions.empty());
  EXPECT_EQ(Bundle().manifest.omissions[0].path, kRunLogFile);
  EXPECT_THAT(Bundle().manifest.omissions[0].reason, HasSubstr("bytes of output were not stored"));
}

// Children that nobody waits for, in sessions of their own, as many as a small bomb makes.
TEST_F(AgentMainTest, ATreeThatForksAwayIsEnded) {
  constexpr char kBomb[] = R"sh(
b() {
  if [ "$1" -gt 0 ]; then b $(($1 - 1)) & b $(($1 - 1)) & fi
  setsid sleep 1000 & echo . >> "$BOMB_OF/born"; sleep 1000
}
: > "$BOMB_OF/born"; b 4 &
while [ "$(wc -l < "$BOMB_OF/born")" -lt 31 ]; do :; done
)sh";
  spec_.command = {"sh", "-c", kBomb};
  spec_.environment["BOMB_OF"] = temp_.path().string();
  WriteInputs();
  EXPECT_EQ(Call(Arguments("run")).status.code, 0);
  EXPECT_THAT(LogOf(LogStream::kAgent), HasSubstr("left behind by the command"));
  EXPECT_EQ(testing::Shell(temp_.path(), StrCat("grep -lz '^BOMB_OF=", temp_.path().string(),
                                                "$' /proc/[0-9]*/environ 2>/dev/null | wc -l")),
            "0");
}

}  // namespace
}  // namespace ameide::task
