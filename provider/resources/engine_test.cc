#include "provider/resources/engine.h"

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"

namespace ameide::resources {
namespace {

using ::testing::HasSubstr;

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() : engine_({.profiles_dir = folder_.path()}, {Code()}, nullptr) {}

  static ShippedProfile Code() {
    for (const BuiltinProfile& profile : BuiltinProfiles()) {
      if (profile.name == "code") {
        return {"code", std::string(profile.file), std::string(profile.yaml)};
      }
    }
    return {};
  }
  void Write(const std::string& yaml) {
    ASSERT_TRUE(WriteFileAtomically(folder_.path() / "code.yaml", yaml).ok());
  }
  std::string Name() {
    const Result<task::Profile> profile = engine_.FindProfile("code");
    return profile.ok() ? profile->display_name : profile.error().ToString();
  }

  testing::TempDir folder_;
  Engine engine_;
};

TEST_F(EngineTest, SeesAProfileFileThatComesChangesAndGoes) {
  EXPECT_EQ(Name(), "Ameide code");
  Write(StrReplaceAll(Code().yaml, "Ameide code", "Mine"));
  EXPECT_EQ(Name(), "Mine");
  EXPECT_EQ(Name(), "Mine");
  Write("nonsense: [");
  EXPECT_THAT(Name(), HasSubstr("code.yaml"));
  Write(StrReplaceAll(Code().yaml, "Ameide code", "Mine again"));
  EXPECT_EQ(Name(), "Mine again");
  fs::remove(folder_.path() / "code.yaml");
  EXPECT_EQ(Name(), "Ameide code");
}

TEST_F(EngineTest, NoNameLeavesTheProfilesFolder) {
  ASSERT_TRUE(MakeDirectories(folder_.path() / "inner").ok());
  ASSERT_TRUE(WriteFileAtomically(folder_.path() / "inner/code.yaml", Code().yaml).ok());
  for (const char* name : {"inner/code", "../code", "/etc/code", ""}) {
    const Result<task::Profile> profile = engine_.FindProfile(name);
    ASSERT_FALSE(profile.ok()) << name;
    EXPECT_THAT(profile.error().ToString(), HasSubstr("there is no such profile"));
  }
}

}  // namespace
}  // namespace ameide::resources
