// The published schema, judged by a validator that is not ours: it takes what the loader takes, and
// refuses what the loader refuses for a type, a word or a pattern.
#include "base/strings.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"
#include "task/contract/profile_schema.h"
#include "task/contract/testing/random_profile.h"
#include "task/contract/yaml_json.h"

#if __has_include(<valijson/validator.hpp>)

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace ameide::task {
namespace {

class ProfileSchemaJudge : public ::testing::Test {
 protected:
  ProfileSchemaJudge() {
    const nlohmann::json json = nlohmann::json::parse(ProfileSchema().Dump());
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(json), schema_);
  }

  // What the schema says about a profile's YAML; empty when it is content.
  std::string Judge(std::string_view yaml) {
    const auto document = YamlToJson(yaml, "f");
    if (!document.ok()) return "no YAML";
    const nlohmann::json json = nlohmann::json::parse(document.value->value.Dump());
    valijson::ValidationResults results;
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(json), &results)) {
      return "";
    }
    std::string said = "refused: ";
    for (const auto& result : results) {
      for (const std::string& step : result.context) StrAppend(&said, step);
      StrAppend(&said, " ", result.description, "\n");
    }
    return said;
  }

  valijson::Schema schema_;
};

TEST_F(ProfileSchemaJudge, TakesWhatTheLoaderTakes) {
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    EXPECT_EQ(Judge(profile.yaml), "") << profile.file;
  }
  for (unsigned seed = 0; seed < 25; ++seed) {
    const std::string yaml = testing::RandomProfileYaml(seed);
    EXPECT_EQ(Judge(yaml), "") << yaml;
  }
}

TEST_F(ProfileSchemaJudge, RefusesWrongTypesWordsPatternsAndKeys) {
  const std::string good(BuiltinProfiles().front().yaml);  // code
  const std::pair<std::string_view, std::string_view> kEdits[] = {
      {"version: 1\n", "version: 2\n"},
      {"version: 1\n", "version: \"1\"\n"},
      {"editor: codex", "editor: vim"},
      {"editor: codex", "editor: codex\nprivileged: true"},
      {"  risk_tier: high\n", ""},
      {"  name: code\n", "  name: Code/x\n"},
      {"tools: [ameide,", "tools: [ameide, ameide,"},
      {"tools: [ameide,", "tools: [rm -rf,"},
      {"  allow_gitlinks: false", "  allow_gitlinks: \"false\""},
      {"  max_changed_files: 500", "  max_changed_files: 0"},
      {"\"services/**\"", "\"/services/**\""},
      {"  primary: https://github.com", "  primary: https://me:pw@github.com"},
      {"  edit: 45m", "  edit: 45 minutes"},
      {"phases: [checkout]", "phases: [build]"},
      {"phases: [checkout]", "phases: []"},
      {"secret: gh-auth", "secret: gh_auth"},
      {"  image: ghcr.io/coder/envbuilder:1.3.0@sha256:", "  image: x:latest@sha512:"},
      {"  cpu: \"2\"", "  cpu: 2"},
      {"  memory: 8Gi", "  memory: lots"},
      {"effect: NoSchedule", "effect: Never"},
      {"    allow: []\n", "    allow: [{cidr: everywhere, port: 443}]\n"},
      {"    allow: []\n", "    allow: [{cidr: 10.0.0.0/8, port: 70000}]\n"},
      {"    enabled: true\n    namespace", "    enabled: maybe\n    namespace"},
      {"secrets:\n", "cluster_secrets:\n"},
  };
  for (const auto& [from, to] : kEdits) {
    const size_t at = good.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    const std::string bad = StrCat(good.substr(0, at), to, good.substr(at + from.size()));
    EXPECT_TRUE(Judge(bad).starts_with("refused")) << to;
    EXPECT_FALSE(ProfileFromYaml(bad, "f").ok()) << to;
  }
}

}  // namespace
}  // namespace ameide::task

#else

TEST(ProfileSchemaJudge, NeedsAValidator) {
  GTEST_SKIP() << "valijson is missing: install libvalijson-dev";
}

#endif
