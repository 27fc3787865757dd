// The published schemas, judged by a validator that is not ours, beside the loaders: whatever a
// loader takes its schema takes, and what a schema takes and its loader refuses is a rule that the
// lists below name.
#include <algorithm>
#include <functional>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"
#include "task/contract/profile_schema.h"
#include "task/contract/task_spec.h"
#include "task/contract/task_spec_schema.h"
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

class Judge {
 public:
  explicit Judge(const Json& schema) {
    const nlohmann::json json = nlohmann::json::parse(schema.Dump());
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(json), schema_);
  }

  // What the schema says about a document; empty when it is content.
  std::string operator()(const Json& document) {
    const nlohmann::json json = nlohmann::json::parse(document.Dump());
    valijson::ValidationResults results;
    if (validator_.validate(schema_, valijson::adapters::NlohmannJsonAdapter(json), &results)) {
      return "";
    }
    std::string said = "refused: ";
    for (const auto& result : results) {
      for (const std::string& step : result.context) StrAppend(&said, step);
      StrAppend(&said, " ", result.description, "\n");
    }
    return said;
  }

 private:
  valijson::Schema schema_;
  valijson::Validator validator_{valijson::Validator::kStrongTypes};
};

// The document with `value` at the place, or without the place when there is no value.
Json Replaced(const Json& json, std::string_view pointer, const std::optional<Json>& value) {
  if (pointer.empty()) return value.value_or(Json());
  const size_t end = std::min(pointer.find('/', 1), pointer.size());
  const std::string_view rest = pointer.substr(end);
  const bool drop = rest.empty() && !value;
  size_t number = 0;
  const auto step = [&](const std::string& name, const Json& item, auto keep) {
    const bool here = PointerStep("", name) == pointer.substr(0, end);
    if (!here || !drop) keep(here ? Replaced(item, rest, value) : item);
  };
  if (const Json::Array* items = json.AsArray()) {
    Json::Array copy;
    for (const Json& item : *items) {
      step(std::to_string(number++), item, [&](Json one) { copy.push_back(std::move(one)); });
    }
    return copy;
  }
  Json::Object copy;
  for (const auto& [name, member] : *json.AsObject()) {
    step(name, member, [&, &key = name](Json one) { copy.emplace_back(key, std::move(one)); });
  }
  return copy;
}

void CollectPointers(const Json& json, const std::string& pointer, std::vector<std::string>* all) {
  all->push_back(pointer);
  size_t number = 0;
  if (const Json::Array* items = json.AsArray()) {
    for (const Json& item : *items) {
      CollectPointers(item, PointerStep(pointer, std::to_string(number++)), all);
    }
  }
  if (const Json::Object* members = json.AsObject()) {
    for (const auto& [name, member] : *members) {
      CollectPointers(member, PointerStep(pointer, name), all);
    }
  }
}

// What stands at some place of some document, and what stands at none.
std::vector<std::optional<Json>> Candidates() {
  const Json pair{Json::Object{{"a", "b"}}};
  std::vector<std::optional<Json>> values = {std::nullopt, Json(), true, Json::Array{}, pair};
  for (const char* number : {"0", "1", "-1", "1.5", "9223372036854775807", "9223372036854775808"}) {
    values.emplace_back(Json::Number{number});
  }
  for (const Json::Array& items : {Json::Array{"a"}, Json::Array{"a", "a"}, Json::Array{1}}) {
    values.emplace_back(items);
  }
  constexpr std::string_view kTexts =
      "| |a|A|a b|a\n|..|/a|a/b|a-|**|[|0s|1h|1h30m|+1h|-1h|.5s|1.s|1000us|1us|8761h|"
      "9999999999999999999h|1 h|https://example.com/a/b|https://u:p@example.com/a|10.0.0.0/8|"
      "0.0.0.0/0|500m|0|main|HEAD|auto|patch|PATH|A_B|LD_X";
  for (const std::string_view text : StrSplit(kTexts, '|')) {
    values.emplace_back(text);
  }
  values.emplace_back(std::string(300, 'a'));
  return values;
}

// What only a loader says: relations between keys, what a text means, and durations by their
// length. Parts of messages.
constexpr const char* kOnlyTheLoaders[] = {
    // between keys
    "must not exceed", "which /secrets does not grant", "is missing; envbuilder needs",
    "is missing; a secret for", "is missing; an enabled human", "is missing; an enum",
    "is missing; pull requests need", "has a meaning only with", "must differ from base",
    "lets a task change every path",
    // lengths of time
    "durations are whole milliseconds", "longer than a year", "this is not a duration",
    "must be above zero", "must be longer than zero", "must be whole seconds",
    // names with a meaning
    "names are reserved", "which the workspace itself reads", "must not be every address",
    // forms whose pattern would be longer than the rule
    "is no RE2 pattern", "is never closed", "two slashes in a row", "is in no repository path",
    "the repository's root; remove the first '/'", "must be one line of printable text",
    "must be printable text", "must not be empty", "must not be longer than",
    "name that Git accepts", "which Git takes for an option", "must not be HEAD",
    "must be a label's", "folder inside", "is neither a URL nor an absolute path",
    "must not carry a user name", "has the scheme", "names no repository",
    "must be the key inside the Secret", "must be a DNS name",
    "must be an environment variable's name"};

// Asks the loader and the schema about the document with each value in each place, every
// `stride`th of them: a number that has no factor in common with that of the values.
void ExpectAgreement(const Json& document, size_t stride, Judge& judge,
                     const std::function<Problems(const Json&)>& problems_of) {
  std::vector<std::string> pointers;
  CollectPointers(document, "", &pointers);
  size_t turn = 0;
  size_t asked = 0;
  for (const std::string& pointer : pointers) {
    for (const auto& value : Candidates()) {
      if (++turn % stride != 0) continue;
      ++asked;
      const Json changed = Replaced(document, pointer, value);
      const Problems problems = problems_of(changed);
      const std::string said = judge(changed);
      EXPECT_TRUE(said.empty() || !problems.empty()) << pointer << changed.Dump() << said;
      for (const Problem& problem : said.empty() ? problems : Problems()) {
        const bool known = std::any_of(
            std::begin(kOnlyTheLoaders), std::end(kOnlyTheLoaders),
            [&](const char* one) { return problem.message.find(one) != std::string::npos; });
        EXPECT_TRUE(known) << problem.pointer << " " << problem.message;
      }
    }
  }
  EXPECT_GT(asked, 200u);
}

TEST(ProfileSchema, TakesWhatTheLoaderTakes) {
  Judge judge(ProfileSchema());
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    EXPECT_EQ(judge(YamlToJson(profile.yaml, "f").value->value), "") << profile.file;
  }
  for (unsigned seed = 0; seed < 25; ++seed) {
    const Json json = YamlToJson(testing::RandomProfileYaml(seed), "f").value->value;
    EXPECT_EQ(judge(json), "") << json.Dump();
    if (seed % 9 != 0) continue;
    ExpectAgreement(json, 17, judge, [](const Json& changed) {
      return ProfileFromDocument({changed, "f", {}}).problems;
    });
  }
}

TEST(TaskSpecSchema, TakesWhatTheLoaderTakes) {
  Judge judge(TaskSpecSchema());
  const Json spec = *ParseJson(R"({"version":1,"work_id":"w","run_id":"r","kind":"patch",
    "profile":"code","template":"code","repository":{"url":"https://example.com/a/b","ref":"main",
    "clone":"shallow","depth":3,"submodules":true},"command":["a","b"],"verify":["c"],
    "environment":{"A":"b"},"secrets":{"B":{"secret":"s","key":"k"}},
    "timeouts":{"readiness":"1s","checkout":"1s","edit":"1s","verify":"1s","pr":"1s"},"ttl":"1h",
    "guardrails":{"allow_paths":["a/**"],"deny_paths":["b"],"allow_gitlinks":true,
    "promotion_artifacts":["c"],"digest_only":["d"],"max_file_bytes":5,"max_changed_files":6,
    "allow_binary":true,"deny_mode_changes":false},"evidence":{"paths":["a"],"required":["b"]},
    "pull_request":{"branch":"agent/x","base":"main","title":"t","body":"b","draft":true},
    "context":{"tenant_id":"t","product_backlog_item_id":"p","sprint_id":"s","timebox_ids":["a"],
    "goal_ids":["a"],"work_item_ids":["a"],"element_ids":["a"],"correlation_id":"c",
    "traceparent":"t","trigger":"auto","dev_brief":"b"}})");
  const auto loads = [](const Json& json) { return TaskSpecFromJson(json).problems; };
  ASSERT_TRUE(loads(spec).empty());
  ExpectAgreement(spec, 7, judge, loads);
}

TEST(ProfileSchema, RefusesWrongTypesWordsPatternsAndKeys) {
  Judge judge(ProfileSchema());
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
    EXPECT_NE(judge(YamlToJson(bad, "f").value->value), "") << to;
    EXPECT_FALSE(ProfileFromYaml(bad, "f").ok()) << to;
  }
}

}  // namespace
}  // namespace ameide::task

#else

TEST(PublishedSchemas, NeedAValidator) {
  GTEST_SKIP() << "valijson is missing: install libvalijson-dev";
}

#endif
