// The data sources through real Terraform; ameide_template asks the simulated Coder server, to
// which the same template was pushed.
#include "acceptance/coder_simulator/testing/simulated.h"
#include "acceptance/terraform_cli.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DataSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(TerraformProgram().empty()) << "terraform is missing: install Terraform 1.11 or "
                                                "OpenTofu 1.11, or leave these tests out "
                                                "with ctest -LE terraform";
  }
  // The text of an output after an apply.
  std::string Output(const std::string& name) {
    return project_.Run({"output", "-json", name}).out;
  }
  TerraformProject project_;
};

TEST_F(DataSourceTest, AProfileIsReadDuringThePlanAndMovesNothing) {
  project_.Write(R"(
data "ameide_profile" "code" { name = "code" }
output "deny" { value = data.ameide_profile.code.guardrails.deny_paths }
output "ttl" { value = data.ameide_profile.code.ttl_max }
)");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Output("ttl"), "\"2h\"\n");
  EXPECT_THAT(Output("deny"), HasSubstr("gitops/**"));
  EXPECT_EQ(project_.Plan().exit_code, 0) << "the second look must find the same";
}

TEST_F(DataSourceTest, AProfileThatDependsOnAResourceIsReadInTheApply) {
  project_.Write(R"(
resource "terraform_data" "name" { input = "sre" }
data "ameide_profile" "p" { name = terraform_data.name.output }
output "name" { value = data.ameide_profile.p.display_name }
)");
  const TerraformRun plan = project_.Run({"plan", "-input=false"});
  EXPECT_THAT(plan.out, HasSubstr("(known after apply)")) << plan.All();
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_THAT(Output("name"), HasSubstr("SRE"));
}

TEST_F(DataSourceTest, TheRegistryExamplePlans) {
  std::string text;
  for (const char* file : {"provider/provider.tf", "data-sources/ameide_profile/data-source.tf"}) {
    text += ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "examples" / file, 1 << 20).value();
  }
  WriteFileAtomically(project_.folder() / "main.tf", text).value();
  const TerraformRun plan = project_.Run({"plan", "-input=false"});
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  EXPECT_THAT(plan.out, HasSubstr("1 to add, 0 to change, 0 to destroy"));
}

TEST_F(DataSourceTest, ErrorsNameTheAttribute) {
  project_.Write("data \"ameide_profile\" \"p\" { name = \"nobody\" }\n");
  const TerraformRun apply = project_.Apply();
  EXPECT_NE(apply.exit_code, 0);
  EXPECT_THAT(apply.All(), HasSubstr("there is no such profile"));
  project_.Write("data \"ameide_template\" \"t\" {\n  name = \"a\"\n  profile = \"b\"\n}\n");
  EXPECT_THAT(project_.Run({"validate"}).All(), HasSubstr("exactly one of name and profile"));
}

TEST_F(DataSourceTest, ATemplateIsComparedWithItsFolder) {
  simulator::testing::Simulated coder;
  const std::string bin = std::string(AMEIDE_BUILD_DIR) + "/bin/ameide-templates";
  const auto templates = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), bin);
    const auto result =
        RunCommand({.argv = std::move(arguments),
                    .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                    {"CODER_URL", coder.server().origin()},
                                    {"CODER_SESSION_TOKEN", coder.server().token()}},
                    .directory = project_.folder()},
                   {.timeout = Millis(120'000)}, SystemClock());
    ASSERT_TRUE(result.ok()) << result.error().ToString();
    ASSERT_EQ(result->status.ShellCode(), 0) << result->err;
  };
  templates({"render"});
  project_.SetEnvironment("CODER_URL", coder.server().origin());
  project_.SetEnvironment("CODER_SESSION_TOKEN", coder.server().token());
  project_.Write(R"(
data "ameide_template" "code" {
  profile   = "code"
  directory = "${path.module}/templates/code"
}
output "found" { value = data.ameide_template.code }
)");
  const auto found = [&](const std::string& name) {
    const TerraformRun apply = project_.Apply();
    EXPECT_EQ(apply.exit_code, 0) << apply.All();
    return ParseJson(Output("found")).value().Find(name)->Dump();
  };
  EXPECT_EQ(found("exists"), "false");
  EXPECT_EQ(found("up_to_date"), "false");
  templates({"push", "code"});
  EXPECT_EQ(found("exists"), "true");
  EXPECT_EQ(found("up_to_date"), "true");
  EXPECT_EQ(found("deprecated"), "false");
  EXPECT_THAT(found("active_version"), HasSubstr("gen-"));
  WriteFileAtomically(project_.folder() / "templates/code/more.tf", "# more\n").value();
  EXPECT_EQ(found("up_to_date"), "false");
  EXPECT_THAT(project_.StateText(), Not(HasSubstr(coder.server().token())));

  project_.SetEnvironment("CODER_SESSION_TOKEN", "fake-wrong-token");
  const TerraformRun refused = project_.Apply();
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.All(), HasSubstr("Coder answered 401"));
}

}  // namespace
}  // namespace ameide::acceptance
