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
    ASSERT_TRUE(WriteFolder(dir.path() / profile.contract.name, Render(profile)).ok());
  }
  ExpectFmtClean(dir.path());
}

TEST(RenderTerraform, ShellAcceptsTheScript) {
  const ameide::testing::TempDir dir;
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    ASSERT_TRUE(WriteFolder(dir.path() / profile.contract.name, Render(profile)).ok());
    const auto result = RunProgram(
        dir.path(), {"sh", "-n", (dir.path() / profile.contract.name / "task.sh").string()});
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result->status.Success()) << result->err;
  }
}

class Script : public ::testing::Test {
 protected:
  void SetUp() override {
    // The script with its folder moved here, and stand-ins for what the workspace would have.
    const std::string text = StrReplaceAll(Render(testing::Builtin("code")).at("task.sh"),
                                           "/workspaces/code", workspace_.string());
    Put("task.sh", text);
    ASSERT_TRUE(MakeDirectories(dir_.path() / "bin").ok());
    Put("bin/id", "#!/bin/sh\necho 1000\n");
    Put("bin/ameide-agent",
        "#!/bin/sh\nenv >\"$0.env\"\nprintf '%s|' \"$PWD\" \"$@\" >\"$0.args\"\nexit 17\n");
  }
  void Put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / name, text, 0755).ok());
  }
  std::string Get(const fs::path& path) {
    const auto bytes = ReadFile(path, 1 << 20);
    return bytes.ok() ? *bytes : "<none>";
  }
  CommandResult Start(const std::string& spec) {
    const auto result = RunProgram(dir_.path(), {"sh", "task.sh"},
                                   {{"PATH", (dir_.path() / "bin").string() + ":" + Path()},
                                    {"GIT_ASKPASS", "/coder"},
                                    {"AMEIDE_KIND", "patch"},
                                    {"AMEIDE_SPEC_BASE64", spec},
                                    {"AMEIDE_CONTRACT_BASE64", "e30="},
                                    {"AMEIDE_INSTRUCTIONS_BASE64", "IyBkbwo="}});
    EXPECT_TRUE(result.ok());
    return result.ok() ? *result : CommandResult{};
  }
  ameide::testing::TempDir dir_;
  fs::path workspace_ = dir_.path() / "workspaces/code";
};

TEST_F(Script, HandsTheTaskToTheAgentProgram) {
  const CommandResult result = Start("eyJhIjoxfQ==");
  EXPECT_EQ(result.status.code, 17) << result.err;
  EXPECT_EQ(Get(workspace_ / "spec.json"), "{\"a\":1}");
  EXPECT_EQ(Get(workspace_ / "task.json"), "{}");
  EXPECT_EQ(Get(workspace_ / "AGENTS.md"), "# do\n");
  const std::string at = workspace_.string();
  EXPECT_EQ(Get(dir_.path() / "bin/ameide-agent.args"),
            StrCat(at, "|task|run|patch|--spec|spec.json|--contract|task.json|--workspace|", at,
                   "|--evidence|", at, "/evidence|"));
  const std::string environment = Get(dir_.path() / "bin/ameide-agent.env");
  EXPECT_EQ(environment.find("GIT_ASKPASS"), std::string::npos);
  EXPECT_EQ(environment.find("AMEIDE_SPEC_BASE64"), std::string::npos);
}

TEST_F(Script, RefusesASecondTask) {
  Start("e30=");
  const CommandResult again = Start("e30=");
  EXPECT_EQ(again.status.code, 242);
  EXPECT_NE(again.err.find("has had its task"), std::string::npos);
}

TEST_F(Script, RefusesRootAndAnEmptyTask) {
  EXPECT_NE(Start("").err.find("there is no task"), std::string::npos);
  Put("bin/id", "#!/bin/sh\necho 0\n");
  const CommandResult root = Start("e30=");
  EXPECT_EQ(root.status.code, 242);
  EXPECT_NE(root.err.find("runs as root"), std::string::npos);
}

}  // namespace
}  // namespace ameide::generator
