#include "generator/score.h"

#include "base/files.h"
#include "base/strings.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

int Halves(const TemplateScore& score, std::string_view id) {
  for (const CriterionScore& one : score.criteria) {
    if (one.criterion->id == id) return one.halves;
  }
  return -1;
}

TEST(Score, OurTemplatesEarnAlmostAll) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) {
      EXPECT_GE(ScoreTemplate(files).total, 95) << name;
    }
  }
}

TEST(Score, TheCriteriaMakeSeventyFivePoints) {
  int points = 0;
  for (const Criterion& criterion : Criteria()) points += criterion.points;
  EXPECT_EQ(points, 75);
  EXPECT_EQ(ScoreTemplate({}).criteria.size(), Criteria().size());
}

TEST(Score, WhatIsTakenAwayCosts) {
  const FileSet good = Render(testing::Builtin("code"));
  const struct {
    std::string_view criterion;
    std::string_view file;
    std::string_view from;
    std::string to;
  } kCases[] = {
      {"modes", "README.md", "templates push", "push"},
      {"context", "README.md", "\n## Architecture\n", "\n"},
      {"preview", "README.md", "```mermaid", "```"},
      {"sensitive", "variables.tf", "", "variable \"api_token\" {\n  type = string\n}\n"},
      {"sensitive", "README.md", "", StrCat("ghp", "_", std::string(20, 'x'))},
      {"auth-path", "README.md", "\n## Secrets\n", "\n"},
      {"mirrors", "README.md", "mirror", "copy"},
      {"egress", "README.md", "\n## Network\n", "\n"},
      {"inputs", "variables.tf", "  description = ", "  # "},
      {"tests", "tests/code.tftest.hcl", "\nrun \"", "\n# \""},
  };
  const TemplateScore full = ScoreTemplate(good);
  for (const auto& c : kCases) {
    FileSet files = good;
    std::string& text = files[std::string(c.file)];
    text = c.from.empty() ? text + c.to : StrReplaceAll(text, c.from, c.to);
    const TemplateScore score = ScoreTemplate(files);
    EXPECT_LT(Halves(score, c.criterion), Halves(full, c.criterion)) << c.criterion;
    EXPECT_LT(score.total, full.total) << c.criterion;
  }
}

TEST(Score, FetchingCountsOnlyWhereSomethingIsFetched) {
  FileSet files = Render(testing::Builtin("code"));
  const TemplateScore without = ScoreTemplate(files);
  files["task.sh"] += "curl https://example.com/tool\n";
  EXPECT_LT(ScoreTemplate(files).total, without.total);
}

TEST(Score, ThePageListsTheCriteria) {
  const auto page = ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/templates.md", 1 << 20);
  ASSERT_TRUE(page.ok());
  EXPECT_NE(page->find(CriteriaMarkdown()), std::string::npos)
      << "docs/templates.md lacks this table:\n"
      << CriteriaMarkdown();
}

}  // namespace
}  // namespace ameide::generator
