#include "generator/push/template_settings.h"

#include "generator/testing/sample_profiles.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

TEST(SettingsOf, ATaskTemplateLivesAsLongAsATaskMayAndLookingDoesNotProlongIt) {
  const task::Profile profile = testing::Builtin("code");
  const coder::TemplateSettings settings = SettingsOf(profile, "code", "ameide-code");
  EXPECT_EQ(settings.name, "ameide-code");
  EXPECT_EQ(settings.display_name, profile.display_name);
  EXPECT_EQ(settings.icon, profile.icon);
  EXPECT_EQ(settings.default_ttl_ms, profile.contract.default_ttl.count());
  EXPECT_EQ(settings.activity_bump_ms, 0);
  EXPECT_TRUE(settings.allow_user_cancel_workspace_jobs);
}

TEST(SettingsOf, PeoplesWorkspacesStopAfterTheirTimeWithoutUse) {
  task::Profile profile = testing::Builtin("code");
  profile.human = task::HumanMode{.ttl = Millis(8 * 3'600'000)};
  const coder::TemplateSettings settings = SettingsOf(profile, "code-human", "ameide-code-human");
  EXPECT_EQ(settings.default_ttl_ms, 8 * 3'600'000);
  EXPECT_EQ(settings.activity_bump_ms, 8 * 3'600'000);
  EXPECT_EQ(settings.display_name, profile.display_name + ", for people");
  EXPECT_EQ(SettingsOf(profile, "code", "ameide-code").activity_bump_ms, 0);
}

TEST(SettingsOf, LongTextsAreCutToWhatCoderTakes) {
  task::Profile profile = testing::Builtin("code");
  profile.description = std::string(500, 'd');
  profile.display_name = std::string(500, 'n');
  profile.human = task::HumanMode{.ttl = Millis(3'600'000)};
  for (const char* folder : {"code", "code-human"}) {
    const coder::TemplateSettings settings = SettingsOf(profile, folder, "t");
    EXPECT_LT(settings.description.size(), 128u);
    EXPECT_LE(settings.display_name.size(), 64u);
  }
}

TEST(VariablesOf, NamesThoseOfTheTopFolder) {
  const auto names = VariablesOf({{"main.tf", "variable \"a\" {}\nlocals { variable = 1 }\n"},
                                  {"more.tf", "variable \"b\" { default = 1 }\n"},
                                  {"modules/main.tf", "variable \"c\" {}\n"},
                                  {"notes.txt", "variable \"d\" {}\n"}});
  ASSERT_TRUE(names.ok()) << names.error().ToString();
  EXPECT_THAT(*names, ElementsAre("a", "b"));
  EXPECT_FALSE(VariablesOf({{"main.tf", "variable \"a\" {"}}).ok());
}

TEST(VariablesOf, EveryTaskTemplateHasTheAgentsImage) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    EXPECT_THAT(*VariablesOf(Render(profile)), Contains(std::string(task::kVariableAgentImage)));
  }
}

}  // namespace
}  // namespace ameide::generator
