#include "task/contract/profile_schema.h"

#include <set>

#include "base/files.h"
#include "base/strings.h"
#include "base/testing/golden.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile_fields.h"
#include "task/contract/yaml_json.h"

namespace ameide::task {
namespace {

TEST(ProfileSchema, IsPublished) {
  EXPECT_GOLDEN(ProfileSchema().DumpPretty(), "profiles/profile.schema.json");
}

TEST(ProfileSchema, TheProfilesPointAtIt) {
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    EXPECT_TRUE(profile.yaml.starts_with("# yaml-language-server: $schema=profile.schema.json\n"))
        << profile.file;
  }
}

TEST(ProfileSchema, DocumentationHasTheWholeTable) {
  const auto text = ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/profiles.md", 1 << 20);
  ASSERT_TRUE(text.ok());
  const std::string table = ProfileKeyTable();
  EXPECT_NE(text->find(table), std::string::npos) << "docs/profiles.md lacks this table:\n"
                                                  << table;
}

TEST(ProfileFields, PathsAreUniqueAndTheirParentsAreGroups) {
  std::set<std::string> groups = {""};
  std::set<std::string> seen;
  for (const Field& field : ProfileFields()) {
    EXPECT_TRUE(seen.insert(field.path).second) << field.path;
    const size_t slash = field.path.rfind('/');
    const std::string parent = slash == std::string::npos ? "" : field.path.substr(0, slash);
    EXPECT_TRUE(groups.contains(parent)) << field.path << " stands below no group before it";
    if (field.shape == Shape::kObject) groups.insert(field.path);
    if (field.shape == Shape::kObjects) groups.insert(field.path + "/*");
    EXPECT_NE(field.description, "") << field.path;
    const bool has_parts = field.shape == Shape::kObject || field.shape == Shape::kObjects;
    EXPECT_EQ(field.example.empty(), has_parts) << field.path;
  }
}

// An example that its own rule refuses would teach the mistake.
TEST(ProfileFields, ExamplesHoldTheirRules) {
  for (const Field& field : ProfileFields()) {
    if (field.example.empty()) continue;
    Field alone = field;
    alone.path = "key";
    const auto document = YamlToJson(StrCat("key: ", field.example), "f");
    ASSERT_TRUE(document.ok()) << field.path;
    Problems problems;
    CheckFields({alone}, "", document.value->value, "", &problems);
    EXPECT_TRUE(problems.empty()) << field.path << ": " << problems.front().message;
  }
}

}  // namespace
}  // namespace ameide::task
