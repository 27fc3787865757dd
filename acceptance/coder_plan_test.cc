// What real Terraform shows at plan, before anything is made, and what it must not ask then; and a
// state that one machine wrote and another one goes on with.
#include <algorithm>

#include "acceptance/task_fixture.h"
#include "acceptance/testing/coder_fixture.h"
#include "base/strings.h"
#include "generator/render/render.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CoderPlanTest : public TaskTest {
 protected:
  CoderPlanTest() {
    project_.SetEnvironment("CODER_URL", world_.server().origin());
    project_.SetEnvironment("CODER_SESSION_TOKEN", world_.server().token());
  }
  void Write(const std::string& more = "", const std::string& settings = "") {
    project_.Write(StrCat("resource \"ameide_task\" \"t\" {\n  profile = \"code\"\n  repository = ",
                          "{ url = \"", world_.RepositoryUrl(), "\" }\n  command = [\"true\"]\n  ",
                          more, "\n}\n"),
                   StrCat("backend = \"coder\"\n  repositories = [\"*\"]\n  ", settings));
  }
  // Requests of which the target has these words.
  size_t Requests(const std::string& words = "") {
    const auto requests = world_.server().requests();
    return static_cast<size_t>(std::count_if(
        requests.begin(), requests.end(),
        [&](const auto& request) { return request.target.find(words) != std::string::npos; }));
  }
  void ExpectPlanFails(const std::vector<std::string>& words) {
    const TerraformRun plan = project_.Plan();
    EXPECT_EQ(plan.exit_code, 1) << plan.All();
    // Terraform wraps its lines.
    const std::string said = StrReplaceAll(StrReplaceAll(plan.err, "\n", " "), "│ ", "");
    for (const std::string& word : words) EXPECT_THAT(said, HasSubstr(word));
    EXPECT_THAT(plan.All(), Not(HasSubstr(world_.server().token())));
    EXPECT_THAT(world_.server().workspaces(), IsEmpty());
  }

  CoderWorld world_{{}, {AnyRepositoryProfile("code")}};
};

TEST_F(CoderPlanTest, AServerThatCannotBeReachedOrUsedFailsThePlan) {
  Write();
  project_.SetEnvironment("CODER_URL", "http://127.0.0.1:9");
  ExpectPlanFails({"127.0.0.1:9", "resource \"ameide_task\" \"t\""});
  project_.SetEnvironment("CODER_URL", world_.server().origin());
  project_.SetEnvironment("CODER_SESSION_TOKEN", "fake-and-bad");
  ExpectPlanFails({"401", "make another one"});
}

TEST_F(CoderPlanTest, ATemplateThatIsMissingOrOlderFailsThePlanAtTheProfile) {
  const std::string at_profile = "profile = \"code\"";
  Write("", "coder = { organization = \"elsewhere\" }");
  ExpectPlanFails({"organization elsewhere", "ameide-templates push", at_profile});
  simulator::TemplateFiles files = generator::Render(world_.profile());
  std::string& parameters = files.at("parameters.tf");
  const size_t last = parameters.find("\ndata \"coder_parameter\" \"installation\"");
  ASSERT_NE(last, std::string::npos);
  parameters.resize(last);
  world_.server().store().Update([](simulator::State& state, WallTime) {
    for (simulator::Template& one : state.templates) one.name = "renamed";
  });
  world_.simulated().PushTemplate("ameide-code", files);
  Write();
  ExpectPlanFails({"it has no parameter ameide_installation", "template contract version 3",
                   "ameide-templates push", at_profile});
}

TEST_F(CoderPlanTest, ManyTasksOfOneTemplateAskForItAFewTimes) {
  Write("count = 40");
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 2) << plan.All();
  EXPECT_LE(Requests("/templates/ameide-code"), 4u);
  EXPECT_LE(Requests(), 40u);
  EXPECT_THAT(world_.server().workspaces(), IsEmpty());
}

TEST_F(CoderPlanTest, APlanWithoutACreateAsksNothing) {
  Write();
  ASSERT_EQ(project_.Apply().exit_code, 0);
  const size_t before = Requests();
  EXPECT_EQ(project_.Plan().exit_code, 0);
  EXPECT_EQ(project_.Run({"plan", "-destroy", "-input=false"}).exit_code, 0);
  Write("on_failure = \"error\"");
  EXPECT_EQ(project_.Plan().exit_code, 2) << "an update in place";
  EXPECT_EQ(Requests(), before);
}

TEST_F(CoderPlanTest, AReplacementIsChecked) {
  Write("triggers = { a = \"1\" }");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  Write("triggers = { a = \"2\" }", "coder = { organization = \"elsewhere\" }");
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 1) << plan.All();
  EXPECT_THAT(plan.err, HasSubstr("organization elsewhere"));
}

// Continuous integration: the next job is another machine, with the same Terraform state only.
TEST_F(CoderPlanTest, AnotherMachineGoesOnWithTheSameState) {
  Write("retain = \"until_destroy\"\n  work_id = \"w\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  ASSERT_EQ(world_.server().workspaces().size(), 1u);
  fs::rename(project_.workspaces(), project_.folder() / "the-other-machine");
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  Write("retain = \"until_destroy\"\n  work_id = \"w\"\n  triggers = { again = \"1\" }");
  const TerraformRun replace = project_.Apply();
  EXPECT_EQ(replace.exit_code, 0) << replace.All();
  EXPECT_EQ(world_.server().workspaces().size(), 2u);
  fs::rename(project_.workspaces(), project_.folder() / "a-third-machine");
  const TerraformRun destroy = project_.Destroy();
  EXPECT_EQ(destroy.exit_code, 0) << destroy.All();
  EXPECT_THAT(world_.Complaints(), IsEmpty());
}

}  // namespace
}  // namespace ameide::acceptance
