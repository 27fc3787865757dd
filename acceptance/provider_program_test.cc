// The provider program as people and machines start it besides the usual: by hand, for a debugger,
// without TLS, and where something that it needs is missing.
#include <fcntl.h>
#include <signal.h>

#include "acceptance/task_fixture.h"
#include "base/environment.h"
#include "base/strings.h"

namespace ameide::acceptance {
namespace {

using ::testing::StartsWith;

constexpr char kProgram[] = AMEIDE_BUILD_DIR "/bin/terraform-provider-ameide";
constexpr char kCookie[] = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
constexpr Millis kBound{60'000};

// `script` gets the program as $0 and a folder of its own as $FOLDER.
CommandResult RunInAShell(const std::string& script, Environment environment) {
  const SystemClock clock;
  const testing::TempDir dir;
  environment["PATH"] = Get(ProcessEnvironment(), "PATH");
  environment["FOLDER"] = dir.path().string();
  return RunCommand({.argv = {"/bin/sh", "-c", script, kProgram}, .environment = environment},
                    {.timeout = kBound}, clock)
      .value();
}

TEST(ProviderProgram, TellsAPersonWhatItIs) {
  const CommandResult run = RunInAShell("exec \"$0\"", {});
  EXPECT_EQ(run.status.code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, StartsWith("This program is a Terraform provider"));
}

TEST(ProviderProgram, StartsWhereTheTemporaryFolderIsMissing) {
  const CommandResult run = RunInAShell(
      "\"$0\" > \"$FOLDER/line\" & while [ ! -s \"$FOLDER/line\" ] && kill -0 $!; do sleep 0.1; "
      "done; cat \"$FOLDER/line\"",
      {{"TF_PLUGIN_MAGIC_COOKIE", kCookie}, {"TMPDIR", "/nowhere/at/all"}});
  EXPECT_THAT(run.out, StartsWith("1|6|unix|/tmp/ameide-")) << run.err;
  EXPECT_EQ(run.err, "");
}

TEST(ProviderProgram, NamesTheWorkingDirectoryThatIsGone) {
  const CommandResult run =
      RunInAShell("mkdir \"$FOLDER/d\" && cd \"$FOLDER/d\" && rmdir \"$FOLDER/d\" && exec \"$0\"",
                  {{"TF_PLUGIN_MAGIC_COOKIE", kCookie}});
  EXPECT_EQ(run.status.code, 1);
  EXPECT_THAT(run.err, StartsWith("start the provider: the working directory is gone"));
}

TEST_F(TaskTest, RunsWithoutTlsWhenTerraformWantsNone) {
  WriteTask("true");
  project_.SetEnvironment("TF_DISABLE_PLUGIN_TLS", "1");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "success");
}

// One process for several commands of several projects: each configures it anew.
TEST_F(TaskTest, ADebuggedProviderServesOneProjectAfterTheOther) {
  const SystemClock clock;
  const fs::path said = project_.folder() / "said";
  const UniqueFd out(::open(said.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  Subprocess provider = Subprocess::Spawn({.argv = {kProgram, "-debug"},
                                           .environment = {{"PATH", "/usr/bin:/bin"},
                                                           {"HOME", project_.folder()},
                                                           {"TMPDIR", project_.folder() / "tmp"}},
                                           .stdout_fd = out.get()})
                            .value();
  std::string text;
  for (const MonoTime end = clock.Monotonic() + kBound;
       !text.ends_with("'\n") && clock.Monotonic() < end;) {
    clock.WaitFor({}, Millis(20));
    text = ReadFile(said, 1 << 16).value();
  }
  const std::string_view value = std::string_view(text).substr(text.find('{'));
  TerraformProject other;
  for (TerraformProject* project : {&project_, &other}) {
    project->Write(
        StrCat("resource \"ameide_task\" \"t\" {\n  profile = \"code\"\n  repository = ",
               "{ url = \"", repository_.path().string(), "\" }\n  command = [\"true\"]\n}\n"),
        "repositories = [\"*\"]");
    project->SetEnvironment("TF_REATTACH_PROVIDERS",
                            std::string(value.substr(0, value.rfind('}') + 1)));
    const TerraformRun apply = project->Apply();
    EXPECT_EQ(apply.exit_code, 0) << apply.All();
    EXPECT_TRUE(fs::exists(project->evidence())) << "it still had the other one's settings";
    EXPECT_EQ(project->Plan().exit_code, 0);
  }
  provider.Signal(SIGTERM);
  EXPECT_TRUE(provider.Wait().Success());
  ExpectNothingLeft();
}

}  // namespace
}  // namespace ameide::acceptance
