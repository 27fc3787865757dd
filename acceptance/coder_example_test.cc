// examples/coder, as its README says to try it, and with a look at everything it leaves.
#include "acceptance/task_fixture.h"
#include "acceptance/testing/coder_fixture.h"
#include "base/environment.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "task/evidence/offline_checks.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

// What every process on this machine was called with, as far as a task may see it.
constexpr char kShowEveryArgv[] =
    R"(["sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"])";

class CoderExample : public TaskTest {
 protected:
  CoderExample() : world_({}, {AnyRepositoryProfile("code"), AnyRepositoryProfile("sre")}) {
    const fs::path example = fs::path(AMEIDE_SOURCE_DIR) / "examples/coder/main.tf";
    fs::copy_file(example, project_.folder() / "main.tf");
    project_.SetEnvironment("CODER_URL", world_.server().origin());
    project_.SetEnvironment("CODER_SESSION_TOKEN", world_.server().token());
    project_.SetEnvironment("TF_VAR_repository", world_.RepositoryUrl());
    project_.SetEnvironment("TF_VAR_check", kShowEveryArgv);
    project_.SetEnvironment("TF_LOG", "TRACE");
    project_.SetEnvironment("TF_LOG_PATH", (project_.folder() / "trace.log").string());
  }
  TerraformRun MustRun(std::vector<std::string> arguments) {
    TerraformRun run = project_.Run(std::move(arguments));
    EXPECT_EQ(run.exit_code, 0) << run.All();
    EXPECT_THAT(run.All(), Not(HasSubstr(world_.server().token())));
    return run;
  }
  // How many workspaces were made, and how many delete builds.
  std::pair<int, int> MadeAndDeleted() {
    std::pair<int, int> counts;
    for (const simulator::RequestRecord& request : world_.server().requests()) {
      const bool post = request.method == "POST" && request.status == 201;
      if (post && request.target.ends_with("/workspaces")) ++counts.first;
      if (post && request.target.ends_with("/builds")) ++counts.second;
    }
    return counts;
  }
  std::string Listed() { return world_.simulated().Get("/workspaces?q=owner%3Ame").Text("count"); }
  // Logs, plan, state and evidence among them.
  std::vector<std::string> FilesWith(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(project_.folder())) {
      if (!entry.is_regular_file()) continue;
      const Result<std::string> bytes = ReadFile(entry.path(), 512u << 20);
      EXPECT_TRUE(bytes.ok()) << entry.path();
      if (bytes.ok() && bytes->find(text) != std::string::npos) {
        found.push_back(entry.path().filename().string());
      }
    }
    return found;
  }
  size_t VerifiedBundles() {
    size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(project_.folder())) {
      if (entry.path().filename() != "manifest.json") continue;
      const fs::path bundle = entry.path().parent_path();
      EXPECT_FALSE(task::CheckBundle({bundle, "", std::nullopt}).failed()) << bundle;
      ++count;
    }
    return count;
  }

  CoderWorld world_;
};

TEST_F(CoderExample, PreflightPatchAndTriageApplyAndDestroyAndNothingIsLeft) {
  MustRun({"plan", "-input=false", "-out=plan.bin"});
  MustRun({"show", "-json", "plan.bin"});
  MustRun({"apply", "-input=false", "plan.bin"});
  for (const char* task : {"preflight main", "patch", "triage"}) {
    EXPECT_THAT(MustRun({"output", "outcomes"}).out,
                HasSubstr(StrCat("\"", task, "\" = \"success\"")));
  }
  EXPECT_THAT(MustRun({"output", "workspaces_gone"}).out, HasSubstr("true"));
  EXPECT_EQ(VerifiedBundles(), 3u);
  EXPECT_EQ(Listed(), "0");

  MustRun({"plan", "-detailed-exitcode", "-input=false"});  // 0: it is empty
  MustRun({"destroy", "-auto-approve", "-input=false"});
  EXPECT_TRUE(project_.State().is_null());
  EXPECT_EQ(Listed(), "0");
  // One each; and nobody asked for what needs a licence, for Coder's tasks, or against a rule.
  EXPECT_EQ(MadeAndDeleted(), std::pair(3, 3));
  EXPECT_THAT(world_.Complaints(), IsEmpty());
  ExpectNothingLeft();

  // The preflight's log shows the arguments of all programs, Terraform's among them.
  EXPECT_THAT(FilesWith(" stdout F plan.bin\n"), Not(IsEmpty()));
  EXPECT_THAT(FilesWith(world_.server().token()), IsEmpty());
}

}  // namespace
}  // namespace ameide::acceptance
