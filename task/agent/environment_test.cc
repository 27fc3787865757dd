#include "task/agent/environment.h"

#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(RunEnvironment, DropsTheServicesCredentialsAndForeignSettings) {
  const Environment kept = RunEnvironment({{"PATH", "/bin"},
                                           {"CODER_AGENT_TOKEN", "not-a-token"},
                                           {"GIT_DIR", "/elsewhere"},
                                           {"GIT_CONFIG_COUNT", "1"},
                                           {"GIT_ASKPASS", "/bin/askpass"},
                                           {"AMEIDE_RUN_ID", "stale"},
                                           {"AMEIDE_ENV_NAMESPACE", "ns"},
                                           {"JAVA_HOME", "/opt/java"}});
  EXPECT_THAT(kept, UnorderedElementsAre(Key("PATH"), Key("GIT_ASKPASS"),
                                         Key("AMEIDE_ENV_NAMESPACE"), Key("JAVA_HOME")));
}

TEST(GitEnvironment, HasOnlyWhatGitNeedsAndWhatCheckoutIsGranted) {
  ProfileContract profile;
  profile.secrets = {{"CLONE_TOKEN", "clone", "key", {Phase::kCheckout}},
                     {"HTTPS_PROXY", "proxy", "key", {Phase::kEdit}}};
  const Environment git = GitEnvironment({{"PATH", "/bin"},
                                          {"JAVA_HOME", "/opt/java"},
                                          {"CLONE_TOKEN", "not-a-token"},
                                          {"HTTPS_PROXY", "http://user:pw@proxy"}},
                                         profile);
  EXPECT_THAT(git, UnorderedElementsAre(Key("PATH"), Key("CLONE_TOKEN")));
}

TEST(CommandEnvironment, SecretsFollowThePhaseOfTheKind) {
  ProfileContract profile;
  profile.name = "code";
  profile.secrets = {{"EDIT_KEY", "s", "k", {Phase::kEdit}},
                     {"VERIFY_KEY", "s", "k", {Phase::kVerify}}};
  const Environment run = {{"EDIT_KEY", "fake-1"}, {"VERIFY_KEY", "fake-2"}};
  TaskSpec spec;
  spec.kind = TaskKind::kPatch;
  const Environment patch = CommandEnvironment(run, spec, profile, {});
  EXPECT_THAT(patch, Contains(Key("EDIT_KEY")));
  EXPECT_THAT(patch, Not(Contains(Key("VERIFY_KEY"))));
  EXPECT_EQ(patch.at("AMEIDE_AGENT_PROFILE"), "code");
  spec.kind = TaskKind::kTriage;
  const Environment triage = CommandEnvironment(run, spec, profile, {});
  EXPECT_THAT(triage, Contains(Key("VERIFY_KEY")));
  EXPECT_THAT(triage, Not(Contains(Key("EDIT_KEY"))));
}

}  // namespace
}  // namespace ameide::task
