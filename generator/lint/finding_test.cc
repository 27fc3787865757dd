#include "generator/lint/finding.h"

#include <set>

#include "base/strings.h"
#include "base/testing/golden.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

LintFindings Two() {
  return {{"pod-waited-for", {"t/pod.tf", 9, 3}, "waits", std::nullopt},
          {"paths-open", {"p q.yaml", 2, 1}, "is open", TextEdit{0, 0, "x"}}};
}

TEST(LintRules, IdsAreUniqueAndTextsAreWhole) {
  std::set<std::string_view> ids;
  for (const LintRule& rule : AllLintRules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_EQ(AsciiLower(rule.id), rule.id);
    EXPECT_FALSE(rule.title.ends_with('.')) << rule.id;
    EXPECT_TRUE(rule.why.ends_with('.')) << rule.id;
    EXPECT_TRUE(rule.fix.ends_with('.')) << rule.id;
  }
  EXPECT_EQ(FindLintRule("nothing"), nullptr);
}

TEST(LintRules, ThePageIsMadeFromTheTable) { EXPECT_GOLDEN(LintMarkdown(), "docs/lint.md"); }

TEST(Finding, TextIsSortedCountedAndColouredOnDemand) {
  LintFindings findings = Two();
  SortFindings(&findings);
  EXPECT_EQ(FindingsText(findings, false),
            "p q.yaml:2:1: error: is open [paths-open]\n"
            "t/pod.tf:9:3: warning: waits [pod-waited-for]\n"
            "1 error, 1 warning, 0 notes\n");
  EXPECT_NE(FindingsText(findings, true).find("\033[31merror\033[0m"), std::string::npos);
  EXPECT_EQ(FindingsText({}, true), "");
  EXPECT_TRUE(HasErrors(findings));
  findings.erase(findings.begin());
  EXPECT_FALSE(HasErrors(findings));
}

TEST(Finding, SarifNamesRulesLevelsAndRegions) {
  const Json sarif = FindingsSarif(Two(), "1.2.3");
  EXPECT_EQ(*sarif.Find("version")->AsString(), "2.1.0");
  const Json& run = sarif.Find("runs")->AsArray()->front();
  const Json& driver = *run.Find("tool")->Find("driver");
  EXPECT_EQ(*driver.Find("name")->AsString(), "ameide-templates");
  EXPECT_EQ(driver.Find("rules")->AsArray()->size(), AllLintRules().size());
  const Json& first = run.Find("results")->AsArray()->front();
  int64_t index = -1;
  ASSERT_TRUE(first.Find("ruleIndex")->GetInt64(&index));
  EXPECT_EQ(AllLintRules()[static_cast<size_t>(index)].id, "pod-waited-for");
  EXPECT_EQ(*first.Find("level")->AsString(), "warning");
  const Json& second = (*run.Find("results")->AsArray())[1];
  const Json& where = *second.Find("locations")->AsArray()->front().Find("physicalLocation");
  EXPECT_EQ(where.Dump(),
            "{\"artifactLocation\":{\"uri\":\"p%20q.yaml\"},"
            "\"region\":{\"startLine\":2,\"startColumn\":1}}");
}

TEST(Finding, JsonSaysWhatCanBeFixed) {
  const auto json = FindingsJson(Two());
  const Json::Array& items = *json.Find("findings")->AsArray();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_FALSE(*items[0].Find("fixable")->AsBool());
  EXPECT_TRUE(*items[1].Find("fixable")->AsBool());
  EXPECT_EQ(*items[1].Find("severity")->AsString(), "error");
}

}  // namespace
}  // namespace ameide::generator
