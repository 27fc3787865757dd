// What only other programs can say of the rendered files: `terraform fmt` leaves them alone, and a
// POSIX shell accepts task.sh and runs it as meant.
#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "generator/output.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {
namespace {

using Environment = std::map<std::string, std::string>;

std::string Path() {
  const char* path = ::getenv("PATH");
  return path == nullptr ? "/usr/bin:/bin" : path;
}

Result<CommandResult> RunProgram(const fs::path& directory, std::vector<std::string> argv,
                                 Environment environment = {}) {
  environment.try_emplace("PATH", Path());
  environment.try_emplace("CHECKPOINT_DISABLE", "1");
  environment.try_emplace("HOME", directory.string());
  return RunCommand(
      {.argv = std::move(argv), .environment = std::move(environment), .directory = directory}, {},
      SystemClock());
}

void ExpectFmtClean(const fs::path& directory) {
  const auto result =
      RunProgram(directory, {"terraform", "fmt", "-check", "-diff", "-recursive", "-no-color"});
  if (!result.ok() && result.error().kind == ErrorKind::kNotFound) {
    GTEST_SKIP() << "terraform is not on PATH";
  }
  ASSERT_TRUE(result.ok()) << result.error().ToString();
  EXPECT_EQ(result->status.ShellCode(), 0) << result->out.substr(0, 4000) << result->err;
}

TEST(RenderTerraform, CommittedTemplatesAreFormatted) {
  ExpectFmtClean(fs::path(AMEIDE_SOURCE_DIR) / "templates");
}

TEST(RenderTerraform, RandomProfilesAreFormatted) {
  const ameide::testing::TempDir dir;
  for (unsigned seed = 0; seed < 100; ++seed) {
    const task::Profile profile = testing::RandomProfile(seed);
    for (const auto& [name, files] : RenderTemplates(profile)) {
      ASSERT_TRUE(WriteFolder(dir.path() / name, files).ok());
    }
  }
  ExpectFmtClean(dir.path());
}

TEST(RenderTerraform, ShellAcceptsTheScripts) {
  const ameide::testing::TempDir dir;
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) {
      for (const auto& [path, bytes] : files) {
        if (!path.ends_with(".sh")) continue;
        EXPECT_LT(bytes.size(), task::kMaxParameterBytes);  // it travels as one argument
        ASSERT_TRUE(WriteFileAtomically(dir.path() / "script", bytes).ok());
        const auto result = RunProgram(dir.path(), {"sh", "-n", "script"});
        ASSERT_TRUE(result.ok());
        EXPECT_TRUE(result->status.Success()) << name << "/" << path << ": " << result->err;
      }
    }
  }
}

// Everything below is a private folder that stands in for the root of the file system.
class Script : public ::testing::Test {
 protected:
  void SetUp() override { Prepare("code"); }
  void Prepare(const std::string& profile) {
    workspace_ = dir_.path() / "workspaces" / profile;
    ASSERT_TRUE(MakeDirectories(programs_).ok());
    ASSERT_TRUE(MakeDirectories(dir_.path() / "bin").ok());
    Put("task.sh", Render(testing::Builtin(profile)).at("task.sh"));
    Put("bin/id", "#!/bin/sh\necho 1000\n");
    // Its environment and arguments, one pair of files per verb.
    Put("opt/ameide/bin/ameide-agent",
        "#!/bin/sh\nenv >\"$0.$1.env\"\nprintf '%s|' \"$PWD\" \"$@\" >\"$0.$1.args\"\n"
        "[ \"$1\" = serve ] || exit 17\n");
  }
  void Put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / name, text, 0755).ok());
  }
  std::string Get(const fs::path& path) {
    const auto bytes = ReadFile(path, 1 << 20);
    return bytes.ok() ? *bytes : "<none>";
  }
  std::string Said(const std::string& file) {
    return Get(programs_ / StrCat("ameide-agent.", file));
  }
  CommandResult Start(const std::string& spec, const Environment& more = {}) {
    Environment environment = {{"PATH", (dir_.path() / "bin").string() + ":" + Path()},
                               {"AMEIDE_ROOT", dir_.path().string()},
                               {"GIT_ASKPASS", "/coder"},
                               {"CLONE_TOKEN", "not-a-real-one"},
                               {"AMEIDE_KIND", "patch"},
                               {"AMEIDE_EVIDENCE_PORT", "4401"},
                               {"AMEIDE_SPEC_BASE64", spec},
                               {"AMEIDE_CONTRACT_BASE64", "e30="},
                               {"AMEIDE_INSTRUCTIONS_BASE64", "IyBkbwo="}};
    environment.insert(more.begin(), more.end());
    const auto result = RunProgram(dir_.path(), {"sh", "task.sh"}, environment);
    EXPECT_TRUE(result.ok());
    return result.ok() ? *result : CommandResult{};
  }
  ameide::testing::TempDir dir_;
  fs::path programs_ = dir_.path() / "opt/ameide/bin";
  fs::path workspace_;
};

TEST_F(Script, HandsTheTaskToTheAgentProgram) {
  const CommandResult result = Start("eyJhIjoxfQ==");
  EXPECT_EQ(result.status.code, 17) << result.err;
  EXPECT_EQ(Get(workspace_ / "spec.json"), "{\"a\":1}");
  EXPECT_EQ(Get(workspace_ / "task.json"), "{}");
  EXPECT_EQ(Get(workspace_ / "AGENTS.md"), "# do\n");
  const std::string at = workspace_.string();
  EXPECT_EQ(Said("task.args"),
            StrCat(at, "|task|run|patch|--spec|spec.json|--contract|task.json|--workspace|", at,
                   "|--evidence|", at, "/evidence|--echo-limit|524288|"));
  const std::string environment = Said("task.env");
  EXPECT_NE(environment.find("CLONE_TOKEN="), std::string::npos);
  for (const char* spent : {"GIT_ASKPASS", "AMEIDE_"}) {
    EXPECT_EQ(environment.find(spent), std::string::npos) << spent;
  }
}

TEST_F(Script, ServesTheEvidenceWithoutTheTasksSecrets) {
  Start("e30=");
  const std::string at = workspace_.string();
  EXPECT_EQ(Said("serve.args"), StrCat(at, "|serve|--detach|--workspace|", at, "|--evidence|", at,
                                       "/evidence|--publication|", dir_.path().string(),
                                       "/var/run/ameide/publication|--port|4401|"));
  EXPECT_EQ(Said("serve.env").find("CLONE_TOKEN"), std::string::npos);
}

TEST_F(Script, TellsClientsOfTheExecutorsTools) {
  Prepare("external-executor");
  const CommandResult result =
      Start("e30=", {{"AMEIDE_MCP_BASE64", "bWNw"}, {"AMEIDE_CODEX_BASE64", "Y29kZXg="}});
  EXPECT_EQ(result.status.code, 17) << result.err;
  EXPECT_EQ(Said("task.env").find("AMEIDE_"), std::string::npos);
  EXPECT_EQ(Get(workspace_ / ".mcp.json"), "mcp");
  EXPECT_EQ(Get(workspace_ / ".codex/config.toml"), "codex");
  EXPECT_NE(Said("task.env").find(StrCat("CODEX_HOME=", workspace_.string(), "/.codex\n")),
            std::string::npos);
}

TEST_F(Script, RefusesASecondTask) {
  Start("e30=");
  const CommandResult again = Start("e30=");
  EXPECT_EQ(again.status.code, 242);
  EXPECT_NE(again.err.find("has had its task"), std::string::npos);
}

TEST_F(Script, RefusesRootAndAnEmptyTaskAndAMissingProgram) {
  EXPECT_NE(Start("").err.find("there is no task"), std::string::npos);
  fs::rename(programs_, dir_.path() / "elsewhere");
  EXPECT_NE(Start("e30=").err.find("ameide-agent is not in /opt/ameide/bin"), std::string::npos);
  fs::rename(dir_.path() / "elsewhere", programs_);
  Put("bin/id", "#!/bin/sh\necho 0\n");
  const CommandResult root = Start("e30=");
  EXPECT_EQ(root.status.code, 242);
  EXPECT_NE(root.err.find("runs as root"), std::string::npos);
}

TEST_F(Script, RefusesWhenNothingCanBeServed) {
  Put("opt/ameide/bin/ameide-agent", "#!/bin/sh\nexit 1\n");
  const CommandResult result = Start("e30=");
  EXPECT_EQ(result.status.code, 242);
  EXPECT_NE(result.err.find("the evidence service did not start"), std::string::npos);
}

}  // namespace
}  // namespace ameide::generator
