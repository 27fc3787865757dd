// examples/external-executor as a user runs it: ameide-launcher with the local backend, the real
// agent program, and a stub executor behind mutual TLS on loopback.
#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <set>

#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kExample[] = AMEIDE_SOURCE_DIR "/examples/external-executor";
constexpr char kPrograms[] = AMEIDE_BUILD_DIR "/bin";

// The stub in a process of its own; it ends with us, because its input does.
class StubProcess {
 public:
  explicit StubProcess(const fs::path& folder) {
    int input[2];
    int output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) std::abort();
    const UniqueFd its_input(input[0]);
    const UniqueFd its_output(output[1]);
    input_.Reset(input[1]);
    const UniqueFd url(output[0]);
    SpawnOptions options;
    options.argv = {StrCat(kPrograms, "/ameide-stub-executor"), folder.string()};
    options.stdin_fd = its_input.get();
    options.stdout_fd = its_output.get();
    options.stderr_fd = STDERR_FILENO;
    process_.emplace(*Subprocess::Spawn(options));
    char c = 0;
    while (::read(url.get(), &c, 1) == 1 && c != '\n') url_ += c;
  }
  ~StubProcess() {
    input_.Reset();
    process_->Wait();
  }
  const std::string& url() const { return url_; }

 private:
  UniqueFd input_;
  std::optional<Subprocess> process_;
  std::string url_;
};

struct ExampleTest : ::testing::Test {
  void SetUp() override {
    Write(dir.path() / "machine/build.sh", "echo built; test -f Metadata/Orders.xml\n");
    Write(dir.path() / "machine/test.sh",
          "cat <<'X'\n<testsuite name='fo' tests='2' failures='0'>\n"
          "  <testcase classname='Orders' name='has an id'/>\n"
          "  <testcase classname='Orders' name='has a customer'/>\n</testsuite>\nX\n");
    Write(repository / "executor/work.sh", Read(fs::path(kExample) / "work.sh"));
    Command({"git", "init", "-q", repository.string()});
    Command({"git", "-C", repository.string(), "add", "-A"});
    Command({"git", "-C", repository.string(), "-c", "user.name=t", "-c",
             "user.email=t@example.invalid", "commit", "-q", "-m", "first"});
  }
  static void Write(const fs::path& path, std::string_view text) {
    ASSERT_TRUE(MakeDirectories(path.parent_path()).ok());
    ASSERT_TRUE(WriteFileAtomically(path, text).ok());
  }
  static std::string Read(const fs::path& path) {
    const auto text = ReadFile(path, 8u << 20);
    EXPECT_TRUE(text.ok()) << text.error().ToString();
    return text.ok() ? *text : "";
  }
  CommandResult Run(std::vector<std::string> argv) {
    SpawnOptions options;
    options.argv = std::move(argv);
    options.environment = {{"PATH", StrCat(kPrograms, ":/usr/local/bin:/usr/bin:/bin")},
                           {"HOME", dir.path().string()}};
    auto ran = RunCommand(options, {.timeout = Millis(100'000)}, clock);
    EXPECT_TRUE(ran.ok()) << ran.error().ToString();
    return ran.ok() ? *ran : CommandResult{};
  }
  void Command(std::vector<std::string> argv) {
    const CommandResult ran = Run(std::move(argv));
    ASSERT_TRUE(ran.status.Success()) << ran.err;
  }
  // The example's task, with what differs here.
  CommandResult RunTask(const std::string& url) {
    Json spec = *ParseJson(Read(fs::path(kExample) / "spec.json"));
    spec.Set("repository", Json::Object{{"url", repository.string()}});
    Json environment = *spec.Find("environment");
    environment.Set("EXECUTOR_ENDPOINT", url);
    spec.Set("environment", environment);
    Write(dir.path() / "spec.json", spec.DumpPretty());
    return Run({StrCat(kPrograms, "/ameide-launcher"), "run", (dir.path() / "spec.json").string(),
                "--profile-file", StrCat(kExample, "/profile.yaml"), "--secrets-dir",
                (dir.path() / "secrets").string(), "--evidence", (dir.path() / "out").string(),
                "--allow-repository", repository.string(), "--json"});
  }
  // Of the lines about ends of calls.
  static std::vector<std::string> Audited(const fs::path& audit, std::string_view member) {
    std::vector<std::string> all;
    const std::string text = Read(audit);
    for (const std::string_view line : StrSplit(text, '\n')) {
      if (line.empty()) continue;
      const Json entry = *ParseJson(line);
      if (*entry.Find("outcome") == Json("begun")) continue;
      const Json* value = entry.Find(member);
      all.push_back(value == nullptr ? "" : *value->AsString());
    }
    return all;
  }

  ::ameide::testing::TempDir dir;
  SystemClock clock;
  fs::path repository = dir.path() / "repository";
};

TEST_F(ExampleTest, ATaskWorksOnTheMachineAndItsEvidenceSaysHow) {
  const StubProcess stub(dir.path());
  const CommandResult ran = RunTask(stub.url());
  ASSERT_EQ(ran.status.code, 0) << ran.out << ran.err;
  const Json record = *ParseJson(ran.out);
  const fs::path evidence = *record.Find("evidence_directory")->AsString();
  const fs::path audit = evidence / "files/executor/audit.jsonl";
  EXPECT_EQ(Read(dir.path() / "machine/Metadata/Orders.xml"), "<AxTable>Orders</AxTable>");
  EXPECT_THAT(Audited(audit, "tool"), ElementsAre("fo.session.open", "fo.vs.create_table",
                                                  "fo.build", "fo.test", "fo.github.create_pr"));
  EXPECT_THAT(Audited(audit, "outcome"), ElementsAre("done", "done", "done", "done", "refused"));
  EXPECT_THAT(Audited(audit, "task_id"), ::testing::Each("orders-table"));
  EXPECT_THAT(Read(evidence / "junit/executor.xml"), HasSubstr("name='has a customer'"));
  EXPECT_THAT(Read(evidence / "run.log"), HasSubstr("needs a person's approval"));
  // The key reached the tool server and nothing else.
  for (const auto& entry : fs::recursive_directory_iterator(evidence)) {
    if (entry.is_regular_file()) {
      EXPECT_THAT(Read(entry.path()), Not(HasSubstr("PRIVATE KEY"))) << entry.path();
    }
  }
}

TEST_F(ExampleTest, AnExecutorThatIsNotThereFailsTheTask) {
  std::string url;
  { url = StubProcess(dir.path()).url(); }
  const CommandResult ran = RunTask(url);
  ASSERT_EQ(ran.status.code, 1) << ran.out << ran.err;
  const Json record = *ParseJson(ran.out);
  const fs::path evidence = *record.Find("evidence_directory")->AsString();
  const std::string log = Read(evidence / "run.log");
  EXPECT_THAT(log, HasSubstr("tool: open a session at"));
  EXPECT_THAT(log, HasSubstr("the tool server is gone"));
}

// `ameide-agent tool` in a process of its own, as an MCP client starts it.
class ToolProcess {
 public:
  ToolProcess(const fs::path& folder, const std::string& url) {
    int input[2];
    int output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) std::abort();
    const UniqueFd its_input(input[0]);
    const UniqueFd its_output(output[1]);
    input_.Reset(input[1]);
    output_.Reset(output[0]);
    const std::string secrets = (folder / "secrets/executor-client").string();
    SpawnOptions options;
    options.argv = {StrCat(kPrograms, "/ameide-agent"),
                    "tool",
                    "--contract",
                    (folder / "task.json").string(),
                    "--endpoint",
                    url,
                    "--cert",
                    secrets + "/tls.crt",
                    "--key",
                    secrets + "/tls.key",
                    "--ca",
                    secrets + "/ca.crt"};
    options.stdin_fd = its_input.get();
    options.stdout_fd = its_output.get();
    options.stderr_fd = STDERR_FILENO;
    process_.emplace(*Subprocess::Spawn(options));
    Say(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})");
    Hear();
  }
  ~ToolProcess() {
    input_.Reset();
    process_->Wait();
  }
  void Say(std::string_view line) {
    EXPECT_TRUE(WriteAll(input_.get(), StrCat(line, "\n"), "pipe").ok());
  }
  void Build() {
    Say(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":)"
        R"({"name":"fo.build","arguments":{"scope":"all"}}})");
  }
  std::string Hear() {
    std::string line;
    char c = 0;
    while (::read(output_.get(), &c, 1) == 1 && c != '\n') line += c;
    return line;
  }

 private:
  UniqueFd input_;
  UniqueFd output_;
  std::optional<Subprocess> process_;
};

TEST_F(ExampleTest, ServersOfOneTaskShareOneSessionAndOneBudget) {
  const StubProcess stub(dir.path());
  auto profile = ProfileFromYaml(Read(fs::path(kExample) / "profile.yaml"), "profile.yaml");
  for (ExecutorTool& tool : profile.value->contract.executor->tools) tool.max_calls = 7;
  Write(dir.path() / "task.json", ToJson(profile.value->contract).Dump());
  Write(dir.path() / "spec.json", Read(fs::path(kExample) / "spec.json"));
  int done = 0;
  const auto hear = [&done](ToolProcess& server) {
    const std::string answer = server.Hear();
    const bool made = answer.find("\"isError\":false") != std::string::npos;
    done += made ? 1 : 0;
    if (made) return;
    EXPECT_THAT(answer, HasSubstr("The task's 7 calls of fo.build are used up"));
  };
  std::optional<ToolProcess> one(std::in_place, dir.path(), stub.url());
  std::optional<ToolProcess> other(std::in_place, dir.path(), stub.url());
  for (int i = 0; i < 3; ++i) {
    one->Build();
    other->Build();
  }
  for (int i = 0; i < 3; ++i) {
    hear(*one);
    hear(*other);
  }
  one.reset();  // and does not take the session away from the other
  for (int i = 0; i < 3; ++i) {
    other->Build();
    hear(*other);
  }
  other.reset();
  ToolProcess fresh(dir.path(), stub.url());
  fresh.Build();
  hear(fresh);
  EXPECT_EQ(done, 7);
  const fs::path audit = dir.path() / "evidence-out/executor/audit.jsonl";
  const auto sessions = Audited(audit, "session_id");
  ASSERT_EQ(sessions.size(), 10u);
  EXPECT_EQ(std::set<std::string>(sessions.begin(), sessions.end() - 1).size(), 1u);
  EXPECT_NE(sessions.back(), sessions.front()) << "the last of them closed it";
}

// What a user copies is what the programs read.
TEST(ExampleFiles, AreInOrder) {
  const auto profile =
      ProfileFromYaml(*ReadFile(fs::path(kExample) / "profile.yaml", 1 << 20), "profile.yaml");
  ASSERT_TRUE(profile.ok()) << ToError(profile.problems, "read", "profile.yaml").ToString();
  const auto json = ParseJson(*ReadFile(fs::path(kExample) / "spec.json", 1 << 20));
  const auto spec = TaskSpecFromJson(*json);
  ASSERT_TRUE(spec.ok()) << ToError(spec.problems, "read", "spec.json").ToString();
  EXPECT_EQ(spec.value->profile, profile.value->contract.name);
  EXPECT_TRUE(spec.value->environment.contains(profile.value->contract.executor->endpoint_env));
  const auto mcp = ParseJson(*ReadFile(fs::path(kExample) / "mcp.json", 1 << 20));
  // As templates render it (generator/render/executor_files.cc).
  EXPECT_EQ(mcp->Find("mcpServers")->Find("ameide")->Find("args")->Dump(),
            R"(["tool","--contract","/workspaces/external-executor/task.json"])");
}

}  // namespace
}  // namespace ameide::task
