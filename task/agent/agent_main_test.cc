#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "task/agent/testing/task_fixture.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

// The built program itself: signals, files and exit codes as a caller sees them.
class AgentMainTest : public testing::TaskFixture {
 protected:
  AgentMainTest()
      : spec_file_((temp_.path() / "spec.json").string()),
        contract_file_((temp_.path() / "task.json").string()) {}

  void WriteInputs() {
    ASSERT_TRUE(WriteFileAtomically(spec_file_, ToJson(spec_).DumpPretty()).ok());
    ASSERT_TRUE(WriteFileAtomically(contract_file_, ToJson(profile_).DumpPretty()).ok());
  }
  std::vector<std::string> Arguments(const std::string& kind) const {
    return {kind,
            "--spec",
            spec_file_,
            "--contract",
            contract_file_,
            "--workspace",
            options_.workspace.string(),
            "--evidence",
            options_.evidence.string()};
  }
  SpawnOptions Program(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {StrCat(AMEIDE_BUILD_DIR, "/bin/ameide-agent"), "task", "run"});
    return {.argv = std::move(arguments), .environment = options_.environment};
  }
  CommandResult Call(std::vector<std::string> arguments) {
    Result<CommandResult> result = RunCommand(Program(std::move(arguments)), {}, clock_);
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().ToString());
    return result.ok() ? *result : CommandResult{};
  }

  std::string spec_file_;
  std::string contract_file_;
};

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

// A quarter of a GiB stands for any size: what is held does not grow with it.
TEST_F(AgentMainTest, ABigLogTakesConstantMemory) {
  options_.environment["ASAN_OPTIONS"] = "quarantine_size_mb=4";
  spec_.command = {"sh", "-c", "head -c 268435456 /dev/zero; grep VmHWM /proc/$PPID/status >&2"};
  WriteInputs();
  EXPECT_EQ(Call(Arguments("run")).status.code, 0);
  const std::string line = LogOf(LogStream::kStderr);
  const size_t digit = line.find_first_of("123456789");
  ASSERT_NE(digit, std::string::npos) << line;
  EXPECT_LT(std::stol(line.substr(digit)), 160 * 1024) << line;  // KiB; sanitizers need most of it
}

// A file size limit stands in for a full disk, which would need a file system of its own.
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
