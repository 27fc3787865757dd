#include "generator/render/tftest.h"

#include "generator/testing/sample_profiles.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

task::Profile WithSecrets(std::vector<task::SecretGrant> secrets) {
  task::Profile profile = testing::Builtin("code");
  profile.contract.secrets = std::move(secrets);
  return profile;
}

TEST(TemplateTest, PutsWhatPushesIntoThePublisherAlone) {
  task::Profile profile = WithSecrets({{"PUSH", "pusher", "token", {task::Phase::kPr}},
                                       {"CLONE", "cloner", "token", {task::Phase::kCheckout}}});
  EXPECT_THAT(TaskTest(profile),
              HasSubstr("== \"publisher PUSH pusher/token\\ntask CLONE cloner/token\\n"
                        "task ENVBUILDER_GIT_PASSWORD cloner/token\""));
  profile.contract.pull_requests = false;
  EXPECT_THAT(TaskTest(profile), Not(HasSubstr("publisher")));
}

TEST(TemplateTest, WritesForeignTextAsText) {
  const std::string test =
      TaskTest(WithSecrets({{"A", "${file(1)}", "%{if}", {task::Phase::kEdit}}}));
  EXPECT_THAT(test, HasSubstr("task A $${file(1)}/%%{if}"));
}

TEST(TemplateTest, DemandsATokenOnlyWhereRolesAreBound) {
  task::Profile profile = testing::Builtin("code");
  profile.deployment.roles = {};
  profile.deployment.environment_roles = {};
  EXPECT_THAT(TaskTest(profile), HasSubstr("automount_service_account_token == false"));
  profile.deployment.roles = {"view"};
  EXPECT_THAT(TaskTest(profile), HasSubstr("automount_service_account_token == true"));
}

TEST(TemplateTest, OfAHumanWorkspaceKnowsNoTask) {
  task::Profile profile = testing::Builtin("code");
  profile.human = task::HumanMode{.namespace_name = "n", .service_account = "person"};
  const std::string test = HumanTest(profile);
  EXPECT_THAT(test, HasSubstr("service_account_name == \"person\""));
  EXPECT_THAT(test, Not(HasSubstr("coder_parameter")));
  EXPECT_THAT(test, Not(HasSubstr("kubernetes_pod_v1.task")));
}

}  // namespace
}  // namespace ameide::generator
