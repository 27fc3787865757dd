// Every committed template through real Terraform, with stand-ins for the providers; and broken
// ones, which show that the checks bite.
#include <algorithm>

#include "acceptance/template_project.h"
#include "base/digest.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

fs::path TemplatesFolder() { return fs::path(AMEIDE_SOURCE_DIR) / "templates"; }

std::vector<std::string> TemplateNames() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(TemplatesFolder())) {
    if (Exists(entry.path() / "main.tf")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string NameOf(const ::testing::TestParamInfo<std::string>& info) {
  return StrReplaceAll(info.param, "-", "_");
}

class CommittedTemplate : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { project_.Copy(TemplatesFolder() / GetParam(), "template"); }
  TerraformRun Run(std::vector<std::string> arguments, const Environment& environment = {}) {
    return project_.Run("template", std::move(arguments), environment);
  }
  TemplateProject project_;
};

INSTANTIATE_TEST_SUITE_P(Templates, CommittedTemplate, ::testing::ValuesIn(TemplateNames()),
                         NameOf);

TEST_P(CommittedTemplate, IsFormattedValidPlansAndPassesItsOwnTest) {
  const TerraformRun fmt = Run({"fmt", "-check", "-diff", "-recursive"});
  EXPECT_EQ(fmt.exit_code, 0);
  EXPECT_EQ(fmt.All(), "");
  const TerraformRun init = Run({"init", "-input=false"});
  ASSERT_EQ(init.exit_code, 0) << init.All();
  const TerraformRun validate = Run({"validate"});
  EXPECT_EQ(validate.exit_code, 0) << validate.All();
  EXPECT_THAT(validate.All(), Not(HasSubstr("Warning")));
  const TerraformRun plan = Run({"plan", "-input=false"});
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  EXPECT_THAT(plan.out, HasSubstr("# kubernetes_pod_v1."));
  const TerraformRun test = Run({"test"});
  EXPECT_EQ(test.exit_code, 0) << test.All();
  EXPECT_THAT(test.out, Not(HasSubstr("0 passed")));
}

TEST_P(CommittedTemplate, StartsStopsAndGoes) {
  ASSERT_EQ(Run({"init", "-input=false"}).exit_code, 0);
  const TerraformRun start = Run({"apply", "-input=false", "-auto-approve"});
  EXPECT_EQ(start.exit_code, 0) << start.All();
  const TerraformRun again = Run({"plan", "-input=false", "-detailed-exitcode"});
  EXPECT_EQ(again.exit_code, 0) << again.All();
  const TerraformRun stop =
      Run({"apply", "-input=false", "-auto-approve"}, {{"CODER_WORKSPACE_TRANSITION", "stop"}});
  EXPECT_EQ(stop.exit_code, 0) << stop.All();
  EXPECT_THAT(Run({"state", "list"}).out, Not(HasSubstr("kubernetes_pod_v1")));
  const TerraformRun destroy = Run({"destroy", "-input=false", "-auto-approve"});
  EXPECT_EQ(destroy.exit_code, 0) << destroy.All();
  EXPECT_EQ(Run({"state", "list"}).out, "");
}

// One change of a template's file, and what must be said of it.
struct Breakage {
  std::string file;
  std::string from;
  std::string to;
  std::string said;
};

class OneTemplate : public ::testing::Test {
 protected:
  void SetUp() override {
    project_.Copy(TemplatesFolder() / "code", "template");
    const TerraformRun init = project_.Run("template", {"init", "-input=false"});
    ASSERT_EQ(init.exit_code, 0) << init.All();
  }
  std::string Read(const std::string& file) {
    return ReadFile(project_.folder("template") / file, 1 << 20).value();
  }
  void Apply(const Breakage& breakage) {
    const std::string text = Read(breakage.file);
    const std::string changed = StrReplaceAll(text, breakage.from, breakage.to);
    ASSERT_NE(text, changed) << breakage.file << " does not hold " << breakage.from;
    project_.Write(StrCat("template/", breakage.file), changed);
  }
  TemplateProject project_;
};

using BrokenTemplate = OneTemplate;

TEST_F(BrokenTemplate, FailsValidation) {
  const std::vector<Breakage> breakages = {
      {"pod.tf", "host_ipc ", "host_ipx ", "An argument named \"host_ipx\" is not expected here"},
      {"pod.tf", "empty_dir {", "empty_dirs {", "Blocks of type \"empty_dirs\" are not expected"},
      {"pod.tf", "= \"Never\"", "= [\"Never\"]", "string required"},
      {"pod.tf", "data.coder_parameter.work_id.value", "data.coder_parameter.nothing.value",
       "has not been declared in the root module"},
      {"pod.tf", "coder_agent.main.token", "coder_agent.main.nothing",
       "no argument, nested block, or exported attribute named \"nothing\""},
      {"pod.tf", "  metadata {", "  metadatum {", "At least 1 \"metadata\" blocks are required"},
      {"parameters.tf", "  name         = \"ameide_kind\"\n", "",
       "The argument \"name\" is required"},
      {"parameters.tf", "data \"coder_parameter\" \"kind\"", "data \"coder_parameters\" \"kind\"",
       "does not support data source \"coder_parameters\""}};
  for (const Breakage& breakage : breakages) {
    const std::string whole = Read(breakage.file);
    Apply(breakage);
    const TerraformRun validate = project_.Run("template", {"validate"});
    EXPECT_EQ(validate.exit_code, 1) << breakage.to;
    // Terraform wraps its lines.
    EXPECT_THAT(StrReplaceAll(validate.All(), "\n", " "), HasSubstr(breakage.said)) << breakage.to;
    project_.Write(StrCat("template/", breakage.file), whole);
  }
}

TEST_F(BrokenTemplate, FailsItsOwnTest) {
  const std::vector<Breakage> breakages = {
      {"pod.tf", "= \"Never\"", "= \"Always\"", "restart policy must be Never"},
      {"pod.tf", "active_deadline_seconds          = data.coder_parameter.ttl.value",
       "active_deadline_seconds = 86400", "The pod's deadline must be the time to live."},
      {"pod.tf", "automount_service_account_token  = false",
       "automount_service_account_token = true",
       "A token may be mounted only for a profile that binds roles."},
      {"pod.tf", "host_network                     = false", "host_network = true",
       "The pod must not set host_network."},
      {"pod.tf", "drop = [\"ALL\"]", "drop = [\"NET_RAW\"]",
       "Every container must drop all capabilities."},
      {"pod.tf", "allow_privilege_escalation = false", "allow_privilege_escalation = true",
       "No container may set allow_privilege_escalation."},
      {"pod.tf", "envbuilder:1.3.0@sha256:", "envbuilder:1.3.0#", "Every image must be pinned"},
      {"pod.tf", "\"CODEX_AUTH_JSON\"", "\"CLONE_TOKEN\"\n        value = \"pasted\"",
       "No secret's value may be written into the pod."},
      {"parameters.tf", "mutable      = false\n  order        = 1", "mutable = true",
       "Parameter work_id must be immutable"},
      {"parameters.tf", "default      = 3600", "default = 7200",
       "The default time to live must be the profile's."}};
  for (const Breakage& breakage : breakages) Apply(breakage);
  const TerraformRun test = project_.Run("template", {"test"});
  EXPECT_EQ(test.exit_code, 1);
  const std::string said = StrReplaceAll(test.All(), "\n", " ");
  for (const Breakage& breakage : breakages) EXPECT_THAT(said, HasSubstr(breakage.said));
  EXPECT_THAT(said, HasSubstr("Each container must be given its own secrets"));
}

TEST_F(BrokenTemplate, MayNotHoldThePushSecretBesideTheCommand) {
  const std::string whole = Read("pod.tf");
  // Under another name, or as it is.
  for (const std::string_view kept : {"CLONE_TOKEN", "PUSH_TOKEN"}) {
    const std::string stolen =
        StrCat("\n      env {\n        name = \"", kept, "\"\n        value_from {\n          ",
               "secret_key_ref {\n            name = \"gh-push\"\n            key = \"token\"\n",
               "          }\n        }\n      }\n");
    Apply({"pod.tf", "value = coder_agent.main.token\n      }\n",
           StrCat("value = coder_agent.main.token\n      }\n", stolen), ""});
    const TerraformRun test = project_.Run("template", {"test"});
    EXPECT_EQ(test.exit_code, 1) << kept;
    EXPECT_THAT(test.All(), HasSubstr("Each container must be given its own secrets")) << kept;
    project_.Write("template/pod.tf", whole);
  }
}

TEST_F(OneTemplate, HandsABuildsParametersToThePod) {
  const Environment build = {{StrCat("CODER_PARAMETER_", Sha256Hex("ameide_ttl_seconds")), "1234"}};
  const TerraformRun plan = project_.Run("template", {"plan", "-input=false"}, build);
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  EXPECT_THAT(plan.out, HasSubstr("active_deadline_seconds          = 1234"));
}

}  // namespace
}  // namespace ameide::acceptance
