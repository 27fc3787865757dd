#include "base/testing/golden.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"

namespace ameide::task {
namespace {

Profile Builtin(std::string_view name) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name == name) return *ProfileFromYaml(builtin.yaml, builtin.file).value;
  }
  return {};
}

TEST(AgentsMd, CodeReadsLikeThis) {
  EXPECT_GOLDEN(AgentsMd(Builtin("code")), "task/contract/testdata/agents_code.md");
}

TEST(AgentsMd, SaysWhatTheProfileForbids) {
  const std::string sre = AgentsMd(Builtin("sre"));
  EXPECT_NE(sre.find("this profile has none"), std::string::npos);
  EXPECT_NE(sre.find("Without these the run fails: `diagnosis/**`"), std::string::npos);
  const std::string code = AgentsMd(Builtin("code"));
  EXPECT_NE(code.find("Do not move submodule pointers"), std::string::npos);
  EXPECT_NE(code.find("Do not change `gitops/**`"), std::string::npos);
}

TEST(AgentsMd, NamesNoCredential) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    const std::string text = AgentsMd(Builtin(builtin.name));
    EXPECT_EQ(text.find("TOKEN"), std::string::npos) << builtin.name;
    EXPECT_EQ(text.find("gh-auth"), std::string::npos) << builtin.name;
  }
}

}  // namespace
}  // namespace ameide::task
