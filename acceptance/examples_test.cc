// Everything in examples/, run as a user would run it.
#include "acceptance/task_fixture.h"
#include "base/environment.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

TEST_F(TaskTest, TheQuickstartShowsAWholeTask) {
  // The example finds the clone it lies in, so it is copied into one.
  const fs::path example = repository_.path() / "examples/quickstart";
  MakeDirectories(example).value();
  const fs::path source = fs::path(AMEIDE_SOURCE_DIR) / "examples/quickstart";
  for (const char* file : {"main.tf", "check.sh", "run"}) {
    fs::copy_file(source / file, example / file);
  }
  repository_.Commit("README.md", "[the application](services/app.txt)\n");
  const SystemClock clock;
  const auto run = RunCommand({.argv = {(example / "run").string(), TerraformProgram(),
                                        std::string(AMEIDE_BUILD_DIR) + "/bin"},
                               .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                               {"HOME", project_.folder().string()},
                                               {"TMPDIR", (project_.folder() / "tmp").string()},
                                               {"CHECKPOINT_DISABLE", "1"}},
                               .directory = repository_.path()},
                              {.timeout = Millis(300'000)}, clock);
  ASSERT_TRUE(run.ok());
  EXPECT_TRUE(run->status.Success()) << run->out << run->err;
  EXPECT_THAT(run->out, HasSubstr("report:   file://"));
  EXPECT_THAT(run->out, HasSubstr("No changes"));
  EXPECT_THAT(run->out, HasSubstr("Destroy complete"));
  EXPECT_THAT(run->out, HasSubstr("No workspace, no process, no socket"));
  ExpectNothingLeft();
}

TEST_F(TaskTest, TheRegistryExamplesPlan) {
  std::string text;
  for (const char* file : {"provider/provider.tf", "resources/ameide_task/resource.tf"}) {
    text += ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "examples" / file, 1 << 20).value();
  }
  WriteFileAtomically(project_.folder() / "main.tf", text).value();
  const TerraformRun plan = project_.Run({"plan", "-input=false"});
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  EXPECT_THAT(plan.out, HasSubstr("1 to add, 0 to change, 0 to destroy"));
}

TEST_F(TaskTest, TheReadmesExamplePlans) {
  const std::string readme = ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "README.md", 1 << 20).value();
  constexpr std::string_view kOpen = "\n```hcl\n";
  const size_t start = readme.find(kOpen) + kOpen.size();
  const std::string text = readme.substr(start, readme.find("\n```", start) - start);
  WriteFileAtomically(project_.folder() / "main.tf", text + "\n").value();
  const TerraformRun plan = project_.Run({"plan", "-input=false"});
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  EXPECT_THAT(plan.out, HasSubstr("1 to add, 0 to change, 0 to destroy"));
}

}  // namespace
}  // namespace ameide::acceptance
