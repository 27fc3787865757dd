// What Coder and Terraform's state hold when a provider is killed at any moment, given up by
// Terraform, or cannot destroy: after a sweep nothing of ours and all of others, and a state with
// which the next run goes on.
#include <signal.h>

#include "acceptance/task_fixture.h"
#include "acceptance/testing/coder_kill_fixture.h"
#include "base/strings.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// After the start of Terraform. A whole apply takes about as long, a destroy half of it.
constexpr Millis kLatestKill{6'000};

class CoderProviderKillTest : public CoderKillFixture {
 protected:
  CoderProviderKillTest() {
    project_.SetEnvironment("CODER_URL", world_.server().origin());
    project_.SetEnvironment("CODER_SESSION_TOKEN", world_.server().token());
  }
  void SetUp() override {
    ASSERT_FALSE(TerraformProgram().empty()) << "terraform is missing: install Terraform 1.11 or "
                                                "OpenTofu 1.11, or leave these tests out "
                                                "with ctest -LE terraform";
  }
  void Write(const std::string& script, const std::string& more) {
    project_.Write(StrCat("resource \"ameide_task\" \"t\" {\n  profile = \"code\"\n  repository = ",
                          "{ url = \"", world_.RepositoryUrl(), "\" }\n  command = ",
                          "[\"sh\", \"-c\", \"", script, "\"]\n  ", more, "\n}\n"),
                   "backend = \"coder\"\n  repositories = [\"*\"]");
  }
  // Kills the provider that serves `verb` after that time, or the next one; Terraform ends itself.
  void KillTheProviderOf(const char* verb, Millis after) {
    Subprocess terraform = project_.Start({verb, "-auto-approve", "-input=false"});
    clock_.WaitFor({}, after);
    bool killed = false;
    while (!killed && !terraform.Poll()) {
      for (const ProcessId& provider : project_.Providers()) {
        killed = SignalProcess(provider, SIGKILL) || killed;
      }
    }
    terraform.Wait();
    EXPECT_THAT(project_.Providers(), IsEmpty());
  }
  void ExpectRun(const TerraformRun& run) {
    EXPECT_EQ(run.exit_code, 0) << run.All();
    EXPECT_THAT(run.All(), Not(HasSubstr(world_.server().token())));
  }

  void ExpectNoToken() {
    const std::string output = ReadFile(project_.folder() / "run.out", 64u << 20).value();
    EXPECT_THAT(output, Not(HasSubstr(world_.server().token())));
    EXPECT_THAT(project_.StateText(), Not(HasSubstr(world_.server().token())));
  }

  TerraformProject project_;
};

TEST_F(CoderProviderKillTest, WhateverTheMomentASweepLeavesNothingOfOursAndTheStateWorksOn) {
  Rounds(8, kLatestKill, [this](int round, Millis after) {
    // Another task in each round, so that every apply has something to do.
    const std::string script = StrCat("sleep 1; : round ", round);
    if (round % 4 == 3) {
      Write(script, "retain = \"until_destroy\"");
      ExpectRun(project_.Apply());
      KillTheProviderOf("destroy", after / 2);
      Sweep(project_.workspaces());  // what is retained stays until Terraform's next word
      ExpectRun(project_.Destroy());
    } else {
      Write(script, round % 2 == 0 ? "" : StrCat("work_id = \"killed-", round, "\""));
      KillTheProviderOf("apply", after);
      Sweep(project_.workspaces());
    }
    ExpectOnlyOthersAreLeft();
  });
  // The run that a sweep ended is recorded as cancelled, once more: then Terraform replaces it.
  if (project_.Apply().exit_code != 0) ExpectRun(project_.Apply());
  EXPECT_EQ(*project_.State().Find("outcome"), Json("success"));
  ExpectRun(project_.Destroy());
  ExpectOnlyOthersAreLeft();
  EXPECT_THAT(project_.Leftovers(), IsEmpty());
  EXPECT_TRUE(project_.WaitForOutput("Plugin did not respond"));
  ExpectNoToken();
}

TEST_F(CoderProviderKillTest, WhatASecondInterruptLeavesASweepRemoves) {
  Write("trap '' TERM; echo begun; sleep 600", "");
  Subprocess terraform = project_.Start({"apply", "-auto-approve", "-input=false"});
  while (world_.server().workspaces().size() == 1 && !terraform.Poll()) {
    clock_.WaitFor({}, Millis(20));
  }
  terraform.SignalGroup(SIGINT);
  ASSERT_TRUE(project_.WaitForOutput("Interrupt received"));
  terraform.SignalGroup(SIGINT);
  EXPECT_EQ(terraform.Wait().ShellCode(), 1);
  Sweep(project_.workspaces());
  ExpectOnlyOthersAreLeft();
  ExpectNoToken();
}

TEST_F(CoderProviderKillTest, AFailedDestroyKeepsTheStateForTheNext) {
  Write("true", "retain = \"until_destroy\"");
  ExpectRun(project_.Apply());
  ASSERT_TRUE(world_.server().Turn("delete-fails").ok());
  const TerraformRun destroy = project_.Destroy();
  EXPECT_EQ(destroy.exit_code, 1) << destroy.All();
  EXPECT_THAT(destroy.err, HasSubstr("Coder could not delete it"));
  EXPECT_EQ(*project_.State().Find("workspace")->Find("gone"), Json(false));
  world_.server().Clear(simulator::Fault::kDeleteFails);
  ExpectRun(project_.Destroy());
  ExpectOnlyOthersAreLeft();
}

}  // namespace
}  // namespace ameide::acceptance
