// A provider in the middle of a task: what it takes of the machine, and what happens when somebody
// pulls the plug: an interrupt, or a kill of Terraform or the provider.
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "acceptance/task_fixture.h"
#include "base/strings.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

constexpr Millis kBound{60'000};

// Blocks until `path` exists or the bound is over.
bool WaitForFile(const fs::path& path) {
  const SystemClock clock;
  const MonoTime deadline = clock.Monotonic() + kBound;
  while (!Exists(path)) {
    if (clock.Monotonic() > deadline) return false;
    clock.WaitFor({}, Millis(50));
  }
  return true;
}

class InterruptTest : public TaskTest {
 protected:
  // Applies a task that says it has started and then waits for ever.
  Subprocess StartEndlessApply(const std::string& before = "") {
    started_ = project_.folder() / "started";
    WriteTask(StrCat(before, "cd '", project_.folder().string(),
                     "'; ulimit -Sn > limit; touch started; sleep 600"));
    return project_.Start({"apply", "-auto-approve", "-input=false"});
  }
  // The bundle that a run left although nobody was there to take it.
  std::string AnyResult() {
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(project_.evidence(), ignored)) {
      if (entry.path().filename() == "result.json") {
        return ReadFile(entry.path(), 1 << 20).value();
      }
    }
    return "";
  }
  fs::path started_;
};

TEST_F(InterruptTest, TheProviderRaisesItsDescriptorLimitButNotTheCommands) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit lowered{512, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  Subprocess terraform = StartEndlessApply();
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(WaitForFile(started_));
  const auto providers = project_.Providers();
  ASSERT_EQ(providers.size(), 1u);
  rlimit limit{};
  EXPECT_EQ(::prlimit(providers[0].pid, RLIMIT_NOFILE, nullptr, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, 65'536));
  EXPECT_EQ(ReadFile(project_.folder() / "limit", 100).value(), "512\n");
  terraform.SignalGroup(SIGINT);
  terraform.Wait();
}

TEST_F(InterruptTest, AnInterruptCancelsTheTaskAndTheAnswerIsSaved) {
  Subprocess terraform = StartEndlessApply();
  ASSERT_TRUE(WaitForFile(started_));
  terraform.SignalGroup(SIGINT);
  EXPECT_EQ(terraform.Wait().ShellCode(), 1);
  EXPECT_TRUE(project_.StateIsTainted());
  EXPECT_EQ(Text("outcome"), "cancellation");
  EXPECT_THAT(EvidenceFile("result.json"), HasSubstr("cancel"));
  ExpectNothingLeft();
}

// Terraform then waits for nobody and kills the provider two seconds later.
TEST_F(InterruptTest, ASecondInterruptLeavesNothingButEvidence) {
  Subprocess terraform = StartEndlessApply("trap '' TERM; ");
  ASSERT_TRUE(WaitForFile(started_));
  terraform.SignalGroup(SIGINT);
  ASSERT_TRUE(project_.WaitForOutput("Interrupt received"));
  terraform.SignalGroup(SIGINT);
  EXPECT_EQ(terraform.Wait().ShellCode(), 1);
  EXPECT_TRUE(project_.WaitForOutput("Two interrupts received"));
  ExpectNothingLeft();
  EXPECT_THAT(AnyResult(), HasSubstr("cancel"));
}

TEST_F(InterruptTest, AKilledTerraformLeavesNothingButEvidence) {
  Subprocess terraform = StartEndlessApply();
  ASSERT_TRUE(WaitForFile(started_));
  terraform.Signal(SIGKILL);
  terraform.Wait();
  ExpectNothingLeft();
  EXPECT_THAT(AnyResult(), HasSubstr("cancel"));
}

TEST_F(InterruptTest, AKilledProviderLeavesNothingButEvidence) {
  Subprocess terraform = StartEndlessApply();
  ASSERT_TRUE(WaitForFile(started_));
  const auto providers = project_.Providers();
  ASSERT_FALSE(providers.empty());
  for (const ProcessId& provider : providers) EXPECT_TRUE(SignalProcess(provider, SIGKILL));
  EXPECT_NE(terraform.Wait().ShellCode(), 0);
  // Nobody can clean up after SIGKILL but the next provider, which removes the dead one's socket.
  project_.Plan();
  ExpectNothingLeft();
  EXPECT_THAT(AnyResult(), HasSubstr("cancel"));
}

}  // namespace
}  // namespace ameide::acceptance
