#include "task/contract/guardrails.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr unsigned kFile = 0100644;

Change Modified(std::string path) {
  return {.kind = Change::Kind::kModified,
          .path = std::move(path),
          .old_mode = kFile,
          .new_mode = kFile,
          .symlink_target = ""};
}
Change Deleted(std::string path) {
  return {.kind = Change::Kind::kDeleted,
          .path = std::move(path),
          .old_mode = kFile,
          .new_mode = 0,
          .symlink_target = ""};
}
Change Link(std::string path, std::string target) {
  return {.kind = Change::Kind::kAdded,
          .path = std::move(path),
          .old_mode = 0,
          .new_mode = kModeSymlink,
          .symlink_target = std::move(target)};
}

// "rule path", in order.
std::vector<std::string> Rules(const Guardrails& profile, const Guardrails& task,
                               const ChangeSet& changes) {
  std::vector<std::string> rules;
  for (const Finding& finding : EvaluateGuardrails(profile, task, changes)) {
    rules.push_back(StrCat(finding.rule, " ", finding.path));
    EXPECT_FALSE(finding.what_failed.empty());
    EXPECT_FALSE(finding.why_it_matters.empty());
    EXPECT_FALSE(finding.where_to_fix.empty());
    EXPECT_FALSE(finding.fix_steps.empty());
  }
  return rules;
}

Guardrails Allow(std::vector<std::string> allow, std::vector<std::string> deny = {}) {
  return {.allow_paths = std::move(allow), .deny_paths = std::move(deny), .allow_gitlinks = false};
}

TEST(Guardrails, EmptyRulesAllowEveryPath) {
  EXPECT_THAT(Rules({}, {}, {Modified("a"), Deleted("b/c")}), IsEmpty());
}

TEST(Guardrails, DenyWinsOverAllow) {
  EXPECT_THAT(Rules(Allow({"**"}, {"gitops/**"}), {}, {Modified("gitops/x"), Modified("src/x")}),
              ElementsAre("path-denied gitops/x"));
}

TEST(Guardrails, DeniedFolderIsDeniedAsANameToo) {
  EXPECT_THAT(Rules(Allow({}, {"gitops/**"}), {}, {Link("gitops", "elsewhere")}),
              ElementsAre("path-denied gitops"));
}

TEST(Guardrails, PathOutsideTheAllowedOnesIsFound) {
  EXPECT_THAT(Rules(Allow({"services/**"}), {}, {Modified("services/a"), Modified("README.md")}),
              ElementsAre("path-not-allowed README.md"));
}

TEST(Guardrails, TaskNarrowsButNeverWidens) {
  const Guardrails profile = Allow({"services/**"}, {"services/secret/**"});
  EXPECT_THAT(Rules(profile, Allow({"services/a/**"}), {Modified("services/b/x")}),
              ElementsAre("path-not-allowed services/b/x"));
  EXPECT_THAT(Rules(profile, Allow({"**"}), {Modified("docs/x"), Modified("services/secret/x")}),
              ElementsAre("path-not-allowed docs/x", "path-denied services/secret/x"));
}

TEST(Guardrails, BothSidesOfARenameCount) {
  Change added = Modified("services/x");
  added.kind = Change::Kind::kAdded;
  EXPECT_THAT(Rules(Allow({"services/**"}), {}, {Deleted("docs/x"), added}),
              ElementsAre("path-not-allowed docs/x"));
}

TEST(Guardrails, GitlinkNeedsBothToAllowIt) {
  Change moved = Modified("services/lib");
  moved.old_mode = moved.new_mode = kModeGitlink;
  Change removed = Deleted("services/lib");
  removed.old_mode = kModeGitlink;
  Guardrails yes = Allow({"services/**"});
  yes.allow_gitlinks = true;
  const Guardrails no = Allow({"services/**"});
  EXPECT_THAT(Rules(yes, yes, {moved, removed}), IsEmpty());
  EXPECT_THAT(Rules(no, yes, {moved}), ElementsAre("gitlink-changed services/lib"));
  EXPECT_THAT(Rules(yes, no, {removed}), ElementsAre("gitlink-changed services/lib"));
}

TEST(Guardrails, UnsafePathsAreFoundAndNothingElseIsSaidOfThem) {
  const std::string unsafe[] = {"../x",     "/etc/passwd", "a/../b",  ".git/config",
                                "a/.GIT/x", "a/.git. /x",  "git~1/x", "a//b",
                                "",         ".",           "a\\b",    std::string("a\0b", 3)};
  for (const std::string& path : unsafe) {
    const auto findings = EvaluateGuardrails(Allow({"nothing"}), {}, {Modified(path)});
    ASSERT_EQ(findings.size(), 1u) << path;
    EXPECT_EQ(findings[0].rule, kRulePathUnsafe) << path;
  }
  EXPECT_THAT(Rules({}, {}, {Modified(".github/x"), Modified(".gitignore"), Modified("a..b")}),
              IsEmpty());
}

TEST(Guardrails, SymlinkMustStayInTheTree) {
  struct Row {
    const char* path;
    std::string target;
    bool escapes;
  };
  const Row rows[] = {
      {"a", "b", false},
      {"a", "./b/c", false},
      {"a/b/c", "../../x", false},
      {"a/b/c", "../../../x", true},
      {"a", "..", true},
      {"a", "/etc/passwd", true},
      {"a", "", true},
      {"a/b", "c/../../d", true},  // c may be a link itself
      {"a/b", "../.git/config", true},
      {"a", std::string("b\0c", 3), true},
  };
  for (const Row& row : rows) {
    const auto findings = EvaluateGuardrails({}, {}, {Link(row.path, row.target)});
    EXPECT_EQ(findings.size(), row.escapes ? 1u : 0u) << row.path << " " << row.target;
  }
}

TEST(Guardrails, BrokenPatternDeniesEverythingAndAllowsNothing) {
  EXPECT_THAT(Rules(Allow({}, {"[a"}), {}, {Modified("x")}), ElementsAre("path-denied x"));
  EXPECT_THAT(Rules(Allow({"[a"}), {}, {Modified("[a")}), ElementsAre("path-not-allowed [a"));
}

TEST(Guardrails, FindingSaysWhoseRuleAndShowsHostileNamesSafely) {
  const auto findings =
      EvaluateGuardrails(Allow({}, {"gitops/**"}), {}, {Modified("gitops/\x1b[31mx\n\xff")});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].path, "gitops/x \xEF\xBF\xBD");
  EXPECT_EQ(findings[0].what_failed,
            "\"gitops/x \xEF\xBF\xBD\" was changed, but the profile denies \"gitops/**\"");
  EXPECT_EQ(findings[0].where_to_fix, "the profile's guardrails");
}

TEST(GuardrailsJson, ComesBackEqual) {
  Guardrails guardrails = Allow({"a/**", "b"}, {"c/"});
  guardrails.allow_gitlinks = true;
  EXPECT_EQ(GuardrailsFromJson(ToJson(guardrails), "").value, guardrails);
  EXPECT_EQ(GuardrailsFromJson(Json(Json::Object{}), "").value, Guardrails{});
}

TEST(GuardrailsJson, ReportsEveryProblemWithItsPlace) {
  const auto json = ParseJson(R"({"allow_paths": ["ok", "/x"], "deny_paths": "gitops",
                                  "allow_gitlinks": 1, "deny_path": []})");
  const auto checked = GuardrailsFromJson(*json, "/guardrails");
  EXPECT_FALSE(checked.value.has_value());
  EXPECT_EQ(ToError(checked.problems, "", "").cause,
            "/guardrails/allow_paths/1: is no path pattern: paths start at the repository's root; "
            "remove the first '/'; "
            "/guardrails/deny_paths: must be an array, not a JSON string; "
            "/guardrails/allow_gitlinks: must be a boolean, not a JSON number; "
            "/guardrails/deny_path: is unknown here; remove it or use one of allow_paths, "
            "deny_paths, allow_gitlinks");
}

TEST(FindingJson, ComesBackEqualAndPrintable) {
  const Finding finding = EvaluateGuardrails(Allow({}, {"a"}), {}, {Modified("a")}).at(0);
  EXPECT_EQ(FindingFromJson(ToJson(finding), "").value, finding);
  Finding hostile = finding;
  hostile.fix_steps = {"\x1b]0;title\aRun it"};
  EXPECT_THAT(FindingFromJson(ToJson(hostile), "").value->fix_steps, ElementsAre("Run it"));
}

}  // namespace
}  // namespace ameide::task
