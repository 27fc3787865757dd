#include "task/contract/sarif.h"

#include "base/testing/golden.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

Change Modified(std::string path) {
  Change change;
  change.path = std::move(path);
  change.old_mode = change.new_mode = 0100644;
  return change;
}

TEST(Sarif, FindingsReadLikeThis) {
  Guardrails profile;
  profile.deny_paths = {"gitops/**"};
  profile.max_changed_files = 1;
  const auto findings = EvaluateGuardrails(
      profile, {}, {Modified("gitops/a b#\xc3\xa4.yaml"), Modified("services/AGENTS.md")});
  const std::string sarif = ToSarif(findings, "1.2.3").DumpPretty();
  EXPECT_GOLDEN(sarif, "task/contract/testdata/findings.sarif");
  EXPECT_EQ(sarif, ToSarif(findings, "1.2.3").DumpPretty());
}

TEST(Sarif, ResultsPointAtTheirRule) {
  std::vector<Finding> findings;
  for (const Rule& rule : AllRules()) {
    findings.push_back({std::string(rule.id), "c:d", "what", "why", "where", {"step"}});
  }
  findings.push_back({"of-another-version", "x", "what", "", "", {}});
  const Json sarif = ToSarif(findings, "");
  const Json& run = sarif.Find("runs")->AsArray()->front();
  const Json& driver = *run.Find("tool")->Find("driver");
  EXPECT_EQ(driver.Find("version"), nullptr);
  const Json::Array& rules = *driver.Find("rules")->AsArray();
  const Json::Array& results = *run.Find("results")->AsArray();
  ASSERT_EQ(results.size(), rules.size() + 1);
  for (size_t i = 0; i < rules.size(); ++i) {
    EXPECT_EQ(*results[i].Find("ruleId"), *rules[i].Find("id"));
    EXPECT_EQ(*results[i].Find("ruleIndex"), Json(static_cast<int64_t>(i)));
    const Json& location = results[i].Find("locations")->AsArray()->front();
    EXPECT_EQ(*location.Find("physicalLocation")->Find("artifactLocation")->Find("uri"),
              Json("c%3Ad"));
  }
  EXPECT_EQ(results.back().Find("ruleIndex"), nullptr);
}

TEST(Sarif, NothingFoundIsARunWithoutResults) {
  const Json sarif = ToSarif({}, "1");
  const Json& run = sarif.Find("runs")->AsArray()->front();
  EXPECT_EQ(*run.Find("results"), Json(Json::Array{}));
}

}  // namespace
}  // namespace ameide::task
