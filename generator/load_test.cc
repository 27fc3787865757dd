#include "generator/load.h"

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

using testing::BuiltinYaml;

TEST(Load, BuiltinProfilesComeWithoutAFolder) {
  const auto loaded = LoadProfiles("");
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(ProblemsText(loaded->problems), "");
  EXPECT_EQ(loaded->profiles.size(), 4u);
}

TEST(Load, BuiltinProfilesEqualTheFiles) {
  const auto builtin = LoadProfiles("");
  const auto files = LoadProfiles(fs::path(AMEIDE_SOURCE_DIR) / "profiles");
  ASSERT_TRUE(builtin.ok() && files.ok());
  EXPECT_TRUE(builtin->profiles == files->profiles);
}

TEST(Load, ReportsEveryFileAtOnce) {
  const ameide::testing::TempDir dir;
  const auto put = [&](const char* name, const std::string& yaml) {
    ASSERT_TRUE(WriteFileAtomically(dir.path() / name, yaml).ok());
  };
  put("a.yaml", "a: *x\n");
  put("code.yaml", BuiltinYaml("code"));
  put("other.yaml", BuiltinYaml("code"));
  put("notes.txt", "not read");
  const auto loaded = LoadProfiles(dir.path());
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded->profiles.empty());
  const std::string at = dir.path().string();
  EXPECT_EQ(ProblemsText(loaded->problems),
            StrCat(at,
                   "/a.yaml:1:4: is no YAML: the referenced anchor is not defined; put a text that "
                   "starts with '*' into quotes\n",
                   at, "/other.yaml:7:3: /identity/name: is 'code'; name the file code.yaml\n", at,
                   "/other.yaml:53:3: /cluster/namespace: is the namespace of ", at,
                   "/code.yaml, too; give each profile its own\n"));
}

TEST(Load, AFolderWithoutProfilesIsAnError) {
  const ameide::testing::TempDir dir;
  const auto empty = LoadProfiles(dir.path());
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(LoadProfiles(dir.path() / "missing").ok());
}

}  // namespace
}  // namespace ameide::generator
