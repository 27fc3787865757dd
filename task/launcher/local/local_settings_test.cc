#include "task/launcher/local/local_settings.h"

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TEST(TaskEnvironment, PassesOnlyWhatATaskNeeds) {
  const Environment ours = {{"PATH", "/opt/bin"},        {"HOME", "/home/me"},
                            {"LANG", "C.UTF-8"},         {"LC_ALL", "C"},
                            {"https_proxy", "proxy:1"},  {"SSH_AUTH_SOCK", "/run/agent"},
                            {"TF_VAR_token", "made-up"}, {"TF_PLUGIN_MAGIC_COOKIE", "x"}};
  EXPECT_EQ(
      TaskEnvironment(ours),
      (Environment{
          {"PATH", "/opt/bin"}, {"LANG", "C.UTF-8"}, {"LC_ALL", "C"}, {"https_proxy", "proxy:1"}}));
  EXPECT_EQ(Get(TaskEnvironment({}), "PATH"), "/usr/local/bin:/usr/bin:/bin");
}

TEST(DefaultStateDirectory, FollowsTheXdgRules) {
  EXPECT_EQ(*DefaultStateDirectory({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}), "/s/ameide");
  EXPECT_EQ(*DefaultStateDirectory({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}),
            "/h/.local/state/ameide");
  EXPECT_EQ(DefaultStateDirectory({}).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace ameide::task
