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

}  // namespace
}  // namespace ameide::task
