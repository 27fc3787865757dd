// What happens when somebody pulls the plug: an interrupt, or a kill of Terraform or the provider.
#include <signal.h>

#include "acceptance/task_fixture.h"
#include "base/processes.h"
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

// The providers that Terraform started for this project: our program, but no helper of a workspace.
std::vector<ProcessId> Providers(const fs::path& project) {
  std::vector<ProcessId> found;
  for (const Process& process : AllProcesses()) {
    const fs::path entry = StrCat("/proc/", process.id.pid);
    const auto command = ReadFile(entry / "cmdline", 1 << 20);
    const auto environment = ReadFile(entry / "environ", 1 << 20);
    const std::string program = StrCat(AMEIDE_BUILD_DIR, "/bin/terraform-provider-ameide");
    if (command.ok() && *command == program + std::string(1, '\0') && environment.ok() &&
        environment->find(project.string()) != std::string::npos) {
      found.push_back(process.id);
    }
  }
  return found;
}

class InterruptTest : public TaskTest {
 protected:
  // Applies a task that says it has started and then waits for ever.
  Subprocess StartEndlessApply() {
    started_ = project_.folder() / "started";
    WriteTask("touch \"" + started_.string() + "\"; sleep 600");
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
  const auto providers = Providers(project_.folder());
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
