#include "task/contract/testing/random_profile.h"

#include <set>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "task/contract/profile.h"
#include "task/contract/profile_fields.h"
#include "task/contract/yaml_json.h"

namespace ameide::task {
namespace {

std::string Show(const Problems& problems) {
  std::string out;
  for (const Problem& problem : problems) {
    StrAppend(&out, problem.position, " ", problem.pointer, ": ", problem.message, "\n");
  }
  return out;
}

TEST(RandomProfile, TwoHundredLoadAndTheirContractsSurviveARoundTrip) {
  std::set<std::string> namespaces;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const std::string yaml = testing::RandomProfileYaml(seed);
    const auto profile = ProfileFromYaml(yaml, "f");
    ASSERT_TRUE(profile.ok()) << Show(profile.problems) << yaml;
    EXPECT_TRUE(namespaces.insert(profile.value->deployment.namespace_name).second) << yaml;
    const auto read = ProfileContractFromJson(*ParseJson(ToJson(profile.value->contract).Dump()));
    ASSERT_TRUE(read.ok()) << Show(read.problems);
    EXPECT_EQ(*read.value, profile.value->contract);
  }
}

void CollectPaths(const Json& json, const std::string& path, std::set<std::string>* paths) {
  if (!path.empty()) paths->insert(path);
  const std::string below = path.empty() ? "" : path + "/";
  if (const Json::Object* members = json.AsObject()) {
    for (const auto& [key, value] : *members) CollectPaths(value, below + key, paths);
  }
  if (const Json::Array* items = json.AsArray()) {
    for (const Json& item : *items) CollectPaths(item, below + "*", paths);
  }
}

TEST(RandomProfile, EveryKeyAppears) {
  std::set<std::string> paths;
  for (unsigned seed = 0; seed < 200; ++seed) {
    CollectPaths(YamlToJson(testing::RandomProfileYaml(seed), "f").value->value, "", &paths);
  }
  for (const Field& field : ProfileFields()) EXPECT_TRUE(paths.contains(field.path)) << field.path;
}

TEST(RandomProfile, AThousandDamagedOnesAreAnsweredAndEachProblemHasItsPlace) {
  size_t refused = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    const std::string yaml = testing::MutatedYaml(testing::RandomProfileYaml(seed % 50), seed);
    const auto profile = ProfileFromYaml(yaml, "f");
    EXPECT_EQ(profile.ok(), profile.value.has_value());
    refused += profile.ok() ? 0 : 1;
    for (const Problem& problem : profile.problems) {
      EXPECT_TRUE(problem.position.starts_with("f:")) << problem.message;
      EXPECT_NE(problem.message, "");
    }
  }
  EXPECT_GT(refused, 600u);
}

}  // namespace
}  // namespace ameide::task
