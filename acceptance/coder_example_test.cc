// examples/coder as its README says to try it.
#include "acceptance/task_fixture.h"
#include "base/environment.h"
#include "base/strings.h"
#include "base/subprocess.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

TEST_F(TaskTest, TheCoderExampleRunsAllItsTasks) {
  const SystemClock clock;
  const auto run = RunCommand({.argv = {StrCat(AMEIDE_SOURCE_DIR, "/examples/coder/try"),
                                        TerraformProgram(), std::string(AMEIDE_BUILD_DIR) + "/bin"},
                               .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                               {"HOME", project_.folder().string()}},
                               .directory = project_.folder()},
                              {.timeout = Millis(400'000)}, clock);
  ASSERT_TRUE(run.ok());
  EXPECT_TRUE(run->status.Success()) << run->out << run->err;
  for (const char* words :
       {"\"preflight feature\" = \"success\"", "\"preflight main\" = \"success\"",
        "\"patch\" = \"success\"", "\"triage\" = \"success\"", "\ntrue\n", "No changes",
        "Destroy complete! Resources: 4 destroyed."}) {
    EXPECT_THAT(run->out, HasSubstr(words));
  }
  size_t verified = 0;
  for (size_t at = 0; (at = run->out.find("verified: ", at)) != std::string::npos; ++at) ++verified;
  EXPECT_EQ(verified, 4u);
}

}  // namespace
}  // namespace ameide::acceptance
