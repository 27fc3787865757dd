// From the spec to the pull request with the shipped program, the real agent program and the real
// publisher, against Git's own smart HTTP server on loopback.
#include "base/digest.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/bundle.h"
#include "task/launcher/testing/sample_task.h"
#include "task/publish/testing/git_http_server.h"

namespace ameide::task {
namespace {

using ::ameide::testing::TempDir;
using ::testing::HasSubstr;

constexpr char kProgram[] = AMEIDE_BUILD_DIR "/bin/ameide-launcher";

constexpr char kMakeRemote[] = R"(
git init -q --bare -b main remotes/repo.git
git -C remotes/repo.git config http.receivepack true
git init -q -b main seed; cd seed; mkdir services gitops; echo one > services/a.txt; echo x > gitops/x
git add -A; git commit -q -m first; git push -q ../remotes/repo.git main
)";

// Everything that a command can look at, as long as it runs.
constexpr char kHunt[] = R"(
{ env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline
  grep -rsa . .. "$HOME" "$TMPDIR" "$STATE"
  printf 'url=%s\n\n' "$URL" | git credential fill; } 2>/dev/null | grep -aq "$PATTERN" && exit 9
echo two > services/a.txt)";

struct PublishProgramTest : ::testing::Test {
  PublishProgramTest() : server(dir.path() / "remotes", "bot", password) {
    Shell(kMakeRemote);
    refs = Refs();
    Write("bin/gh",
          "#!/bin/sh\n[ \"$2\" = create ] && echo https://git.example/o/r/pull/7\nexit 0\n", 0700);
    Write("secrets/push/user", "bot\n");
    Write("secrets/push/token", password + "\n");
    spec = testing::SampleSpec("job-1", {});
    spec.kind = TaskKind::kPatch;
    spec.repository.url = server.Url("repo.git");
    spec.pull_request = PullRequest{"agent/fix", "main", "Fix", "Why", false};
  }
  void Write(const std::string& file, const std::string& text, unsigned mode = 0600) {
    EXPECT_TRUE(MakeDirectories((dir.path() / file).parent_path()).ok());
    EXPECT_TRUE(WriteFileAtomically(dir.path() / file, text, mode).ok());
  }
  CommandResult Start(std::vector<std::string> argv, const std::string& path) {
    SpawnOptions process;
    process.argv = std::move(argv);
    process.environment = {{"PATH", path}, {"HOME", dir.path().string()}};
    for (const char* who : {"AUTHOR", "COMMITTER"}) {
      process.environment[StrCat("GIT_", who, "_NAME")] = "Test";
      process.environment[StrCat("GIT_", who, "_EMAIL")] = "test@example.invalid";
    }
    process.directory = dir.path();
    const auto ran = RunCommand(process, {.timeout = Millis(100'000)}, clock);
    EXPECT_TRUE(ran.ok());
    return ran.ok() ? *ran : CommandResult{};
  }
  std::string Shell(const std::string& script) {
    const CommandResult ran = Start({"sh", "-ec", script}, "/usr/local/bin:/usr/bin:/bin");
    EXPECT_TRUE(ran.status.Success()) << script << ran.err;
    return std::string(StripWhitespace(ran.out));
  }
  std::string Refs() { return Shell("git -C remotes/repo.git for-each-ref"); }
  // The result of a task whose command is `script`.
  TaskResult Run(const std::string& script, int exit_code) {
    spec.command = {"/bin/sh", "-c", script};
    Write("spec.json", ToJson(spec).DumpPretty());
    const CommandResult ran =
        Start({kProgram, "run", "spec.json", "--json", "--state", "state", "--evidence", "evidence",
               "--profile-file", ProfileFile(), "--secrets-dir", "secrets", "--allow-repository",
               spec.repository.url},
              StrCat((dir.path() / "bin").string(), ":/usr/local/bin:/usr/bin:/bin"));
    EXPECT_EQ(ran.status.code, exit_code) << ran.out << ran.err;
    for (const auto& entry : fs::directory_iterator(dir.path() / "evidence" / "job-1")) {
      evidence = entry.path();
    }
    const auto bundle = VerifyBundle(evidence);
    EXPECT_TRUE(bundle.ok()) << ran.err;
    return bundle.ok() ? bundle->result : TaskResult{};
  }
  std::string ProfileFile();

  TempDir dir;
  SystemClock clock;
  const std::string password = StrCat("pw-", RandomHex(16));
  testing::GitHttpServer server;
  TaskSpec spec;
  std::string refs;
  fs::path evidence;
};

std::string PublishProgramTest::ProfileFile() {
  const std::string code =
      ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "profiles/code.yaml", 1u << 20).value();
  // The built-in profile with this test's secrets instead of its own.
  const size_t from = code.find("\nsecrets:");
  const size_t to = code.find("\ncluster:", from);
  EXPECT_NE(to, std::string::npos);
  Write("code.yaml",
        StrCat(code.substr(0, from),
               "\nsecrets:\n  - {env: PUSH_USERNAME, secret: push, key: user, phases: [pr]}\n"
               "  - {env: PUSH_TOKEN, secret: push, key: token, phases: [pr]}\n",
               Exists(dir.path() / "secrets/model")
                   ? "  - {env: MODEL_KEY, secret: model, key: key, phases: [edit]}\n"
                   : "",
               code.substr(to)));
  return (dir.path() / "code.yaml").string();
}

TEST_F(PublishProgramTest, APatchRunEndsAsAPullRequest) {
  const TaskResult result = Run("echo two > services/a.txt", 0);
  EXPECT_EQ(result.artifact.pr_url, "https://git.example/o/r/pull/7") << result.reason;
  EXPECT_EQ(Shell("git -C remotes/repo.git show agent/fix:services/a.txt"), "two");
  const CommandResult verified =
      Start({kProgram, "verify", evidence.string()}, "/usr/local/bin:/usr/bin:/bin");
  EXPECT_EQ(verified.status.code, 0) << verified.out << verified.err;
  // The value is nowhere but where the operator put it.
  EXPECT_EQ(Shell(StrCat("grep -rla ", password, " state evidence || true")), "");
}

TEST_F(PublishProgramTest, AForbiddenPatchReachesNoRemote) {
  const TaskResult result = Run("echo y > gitops/x", 1);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.failure, FailureClass::kGuardrailViolation);
  EXPECT_EQ(Refs(), refs);
}

TEST_F(PublishProgramTest, ACommandThatHuntsForTheCredentialFindsNone) {
  // One letter as a class, so that the pattern does not find itself.
  spec.environment = {{"PATTERN", StrCat("[", password.substr(3, 1), "]", password.substr(4))},
                      {"URL", spec.repository.url},
                      {"STATE", (dir.path() / "state").string()}};
  const TaskResult result = Run(kHunt, 0);
  EXPECT_EQ(result.exit_code, 0) << "the command found the push credential";
  EXPECT_NE(result.artifact.pr_url, "") << result.reason;
}

// The hunt finds what is there to be found.
TEST_F(PublishProgramTest, TheHuntIsARealOne) {
  spec.environment = {{"PATTERN", "[o]ne"}, {"URL", spec.repository.url}, {"STATE", "."}};
  EXPECT_EQ(Run(kHunt, 1).exit_code, 9);
  EXPECT_EQ(Refs(), refs);
}

TEST_F(PublishProgramTest, AGrantedSecretReachesItsPhaseAndNoFile) {
  const std::string value = RandomHex(12);
  Write("secrets/model/key", value);
  spec.pull_request.reset();
  spec.environment = {{"STATE", (dir.path() / "state").string()}};
  const TaskResult result =
      Run("test -n \"$MODEL_KEY\" && test -z \"$PUSH_TOKEN\" && echo \"the key is $MODEL_KEY\" && "
          "! grep -rsqa \"$MODEL_KEY\" \"$STATE\"",
          0);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(ReadFile(evidence / kRunLogFile, 1u << 20).value(),
              HasSubstr("the key is ***MODEL_KEY***"));
  EXPECT_EQ(Shell(StrCat("grep -rla ", value, " state evidence || true")), "");
}

TEST_F(PublishProgramTest, AMissingPushCredentialIsNamedBeforeAnythingStarts) {
  spec.command = {"true"};
  Write("spec.json", ToJson(spec).DumpPretty());
  EXPECT_TRUE(RemoveTree(dir.path() / "secrets" / "push" / "token").ok());
  const CommandResult ran = Start(
      {kProgram, "run", "spec.json", "--state", "state", "--evidence", "evidence", "--profile-file",
       ProfileFile(), "--secrets-dir", "secrets", "--allow-repository", spec.repository.url},
      "/usr/local/bin:/usr/bin:/bin");
  EXPECT_EQ(ran.status.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("PUSH_TOKEN (push/token)"));
  EXPECT_FALSE(Exists(dir.path() / "evidence"));
}

}  // namespace
}  // namespace ameide::task
