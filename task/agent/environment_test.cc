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
                                           {"GIT_DIR", "/elsewhere"},
                                           {"GIT_CONFIG_COUNT", "1"},
                                           {"GIT_ASKPASS", "/bin/askpass"},
                                           {"AMEIDE_RUN_ID", "stale"},
                                           {"AMEIDE_ENV_NAMESPACE", "ns"},
                                           {"JAVA_HOME", "/opt/java"}});
  EXPECT_THAT(kept, UnorderedElementsAre(Key("PATH"), Key("GIT_ASKPASS"),
                                         Key("AMEIDE_ENV_NAMESPACE"), Key("JAVA_HOME")));
}

TEST(RunEnvironment, DropsTheCredentialsOfAWorkspacesOwner) {
  const Environment kept = RunEnvironment({{"CODER", "true"},
                                           {"CODER_AGENT_TOKEN", "not-a-token"},
                                           {"CODER_AGENT_URL", "https://coder.invalid/"},
                                           {"CODER_SCRIPT_DATA_DIR", "/tmp/data"},
                                           {"GIT_ASKPASS", "/tmp/coder"},
                                           {"GIT_SSH_COMMAND", "/tmp/coder gitssh --"},
                                           {"GIT_SSL_CAINFO", "/etc/ca.pem"},
                                           {"PATH", "/bin"}});
  EXPECT_THAT(kept, UnorderedElementsAre(Key("GIT_SSL_CAINFO"), Key("PATH")));
}

TEST(GitEnvironment, HasOnlyWhatGitNeedsAndWhatCheckoutIsGranted) {
  ProfileContract profile;
  profile.secrets = {{"CLONE_TOKEN", "clone", "key", {Phase::kCheckout}},
                     {"HTTPS_PROXY", "proxy", "key", {Phase::kEdit}}};
  const Environment git = GitEnvironment({{"PATH", "/bin"},
                                          {"JAVA_HOME", "/opt/java"},
                                          {"CLONE_TOKEN", "not-a-token"},
                                          {"HTTPS_PROXY", "http://user:pw@proxy"}},
                                         profile, {{"CLONE_TOKEN", "not-a-token"}});
  EXPECT_THAT(git, UnorderedElementsAre(Key("PATH"), Key("CLONE_TOKEN")));
}

TEST(CommandEnvironment, HasTheSecretsOfItsPhaseAndNoOthers) {
  ProfileContract profile;
  profile.name = "code";
  profile.secrets = {{"EDIT_KEY", "s", "k", {Phase::kEdit}},
                     {"VERIFY_KEY", "s", "k", {Phase::kVerify}}};
  const Environment run = {{"EDIT_KEY", "fake-1"}, {"VERIFY_KEY", "fake-2"}, {"PATH", "/bin"}};
  const Environment edit =
      CommandEnvironment(run, {}, profile, {.secrets = {{"EDIT_KEY", "fake-1"}}});
  EXPECT_THAT(edit, Contains(Key("EDIT_KEY")));
  EXPECT_THAT(edit, Not(Contains(Key("VERIFY_KEY"))));
  EXPECT_EQ(edit.at("AMEIDE_AGENT_PROFILE"), "code");
  EXPECT_EQ(edit.at("PATH"), "/bin");
  EXPECT_EQ(CommandEnvironment({{"GIT_ASKPASS", "/mine"}}, {}, profile, {}).at("GIT_ASKPASS"),
            "/bin/false");
  EXPECT_EQ(CommandEnvironment(run, {}, profile, {.tool_folder = "/tools"}).at("PATH"), "/tools");
}

}  // namespace
}  // namespace ameide::task
