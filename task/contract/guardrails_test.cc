#include "task/contract/guardrails.h"

#include "base/files.h"
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
  EXPECT_THAT(Rules({}, {}, {Modified("github/x"), Modified("a.git"), Modified("a..b")}),
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

TEST(Guardrails, ControlFilesAreDeniedInAnyFolderAndCase) {
  for (const char* path : {"AGENTS.md",
                           "services/a/AGENTS.md",
                           "agents.MD",
                           "AGENTS.md.",
                           "AGENTS.override.md",
                           "CLAUDE.md",
                           "a/.gitattributes",
                           ".github/workflows/ci.yml",
                           "x/.github/a",
                           ".gitlab-ci.yml",
                           ".gitlab/ci/a.yml",
                           "azure-pipelines.yml",
                           "azure-pipelines-e2e.yaml",
                           "Jenkinsfile",
                           ".circleci/config.yml",
                           "CODEOWNERS",
                           "docs/CODEOWNERS",
                           ".ameide/agent-profile",
                           ".devcontainer/coder/devcontainer.json",
                           ".devcontainer"}) {
    EXPECT_THAT(Rules({}, {}, {Modified(path)}), ElementsAre(StrCat("control-file ", path)));
    EXPECT_THAT(Rules(Allow({"**"}), Allow({path}), {Deleted(path)}),
                ElementsAre(StrCat("control-file ", path)));
  }
  for (const char* path :
       {"AGENTS.txt", "a/.gitkeep", "a/.gitignore", "agents/md", "github/workflows/x", "ameide/x",
        "azure-pipelines.md", "codeowners/x", "jenkinsfile.d/x"}) {
    EXPECT_THAT(Rules({}, {}, {Modified(path)}), IsEmpty()) << path;
  }
}

TEST(Guardrails, ControlFileNamedByTheProfileItselfMayChange) {
  const Change change = Modified(".github/workflows/ci.yml");
  EXPECT_THAT(Rules(Allow({".github/workflows/ci.yml"}), {}, {change}), IsEmpty());
  EXPECT_THAT(Rules(Allow({".github/workflows/*.yml"}), {}, {change}),
              ElementsAre("control-file .github/workflows/ci.yml"));
  EXPECT_THAT(Rules(Allow({".github/workflows/ci.yml"}, {".github/**"}), {}, {change}),
              ElementsAre("path-denied .github/workflows/ci.yml"));
}

TEST(Guardrails, SubmoduleConfigHasARuleOfItsOwn) {
  EXPECT_THAT(Rules({}, {}, {Modified(".gitmodules"), Modified("a/.GitModules")}),
              ElementsAre("submodule-config .gitmodules", "submodule-config a/.GitModules"));
  EXPECT_THAT(Rules(Allow({".gitmodules"}), {}, {Modified(".gitmodules")}), IsEmpty());
}

// Both must let a change through, on every axis.
struct AxisCase {
  const char* what;
  Guardrails strict;
  Change bad;
  Change good;
  const char* rule;
};

Change Content(std::string path, void (*set)(Change*)) {
  Change change = Modified(std::move(path));
  change.content_known = true;
  set(&change);
  return change;
}

std::vector<AxisCase> AxisCases() {
  std::vector<AxisCase> cases;
  const auto add = [&](const char* what, const char* rule, Change bad, Change good, auto set) {
    Guardrails strict;
    set(&strict);
    cases.push_back({what, strict, std::move(bad), std::move(good), rule});
  };
  const auto nothing = [](Change*) {};
  add("promotion", "promotion-artifact environments/x", Modified("environments/x"), Modified("x"),
      [](Guardrails* g) { g->promotion_artifacts = {"environments/**"}; });
  add("size", "file-too-large x", Content("x", [](Change* c) { c->new_size = 11; }),
      Content("x", [](Change* c) { c->new_size = 10; }),
      [](Guardrails* g) { g->max_file_bytes = 10; });
  add("binary", "binary-file x", Content("x", [](Change* c) { c->binary = true; }),
      Content("x", nothing), [](Guardrails* g) { g->allow_binary = false; });
  add("binary goes", "binary-file x", Content("x", [](Change* c) { c->binary = true; }),
      Content("x",
              [](Change* c) {
                c->binary = true;
                c->kind = Change::Kind::kDeleted;
                c->new_mode = 0;
              }),
      [](Guardrails* g) { g->allow_binary = false; });
  const auto executable = [](Change* c) { c->new_mode = 0100755; };
  add("mode", "mode-changed x", Content("x", executable),
      Content("x",
              [](Change* c) {
                c->kind = Change::Kind::kAdded;
                c->old_mode = 0;
                c->new_mode = 0100755;
              }),
      [](Guardrails* g) { g->deny_mode_changes = true; });
  const auto digests = [](Guardrails* g) { g->digest_only = {"images/**"}; };
  const auto pinned = [](Change* c) { c->digests_only = true; };
  add("text", "digest-only images/x", Content("images/x", nothing), Content("images/x", pinned),
      digests);
  add("elsewhere", "digest-only images/x", Content("images/x", nothing), Content("x", nothing),
      digests);
  add("mode and digest", "digest-only images/x", Content("images/x", executable),
      Modified("images/x"), digests);
  add("gone", "digest-only images/x", Deleted("images/x"), Content("images/x", pinned), digests);
  return cases;
}

TEST(Guardrails, EachAxisHoldsForProfileAndTaskAlike) {
  for (const AxisCase& one : AxisCases()) {
    SCOPED_TRACE(one.what);
    EXPECT_THAT(Rules({}, {}, {one.bad}), IsEmpty());
    EXPECT_THAT(Rules(one.strict, {}, {one.good}), IsEmpty());
    EXPECT_THAT(Rules({}, one.strict, {one.good}), IsEmpty());
    for (const bool by_profile : {true, false}) {
      const Guardrails none;
      const auto findings = EvaluateGuardrails(by_profile ? one.strict : none,
                                               by_profile ? none : one.strict, {one.bad});
      ASSERT_EQ(findings.size(), 1u);
      EXPECT_EQ(StrCat(findings[0].rule, " ", findings[0].path), one.rule);
      EXPECT_EQ(findings[0].where_to_fix,
                by_profile ? "the profile's guardrails" : "the task's guardrails");
    }
    EXPECT_THAT(Rules(one.strict, one.strict, {one.bad}), ElementsAre(one.rule));
  }
}

TEST(Guardrails, LowerLimitCounts) {
  Guardrails few;
  few.max_changed_files = 1;
  Guardrails more;
  more.max_changed_files = 2;
  const ChangeSet two = {Modified("a"), Modified("b"), Modified("b")};
  EXPECT_THAT(Rules(few, more, two), ElementsAre("too-many-files ."));
  EXPECT_THAT(Rules(more, few, two), ElementsAre("too-many-files ."));
  EXPECT_THAT(Rules(more, more, two), IsEmpty()) << "a path counts once";
}

TEST(Guardrails, PlaceBreaksOneRuleAtMostAndDenyComesFirst) {
  Guardrails profile = Allow({"src/**"}, {"gitops/**"});
  profile.promotion_artifacts = {"gitops/**", "environments/**"};
  EXPECT_THAT(
      Rules(profile, Allow({}, {"**"}),
            {Modified("gitops/AGENTS.md"), Modified("gitops/x"), Modified("environments/x")}),
      ElementsAre("control-file gitops/AGENTS.md", "path-denied gitops/x",
                  "path-denied environments/x"));
  EXPECT_THAT(Rules(profile, {}, {Modified("environments/x"), Modified("y")}),
              ElementsAre("promotion-artifact environments/x", "path-not-allowed y"));
}

TEST(Guardrails, FileThatBecomesALinkChangesItsMode) {
  Guardrails strict;
  strict.deny_mode_changes = true;
  Change change = Link("x", "y");
  change.kind = Change::Kind::kModified;
  change.old_mode = kFile;
  const auto findings = EvaluateGuardrails(strict, {}, {change});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].what_failed,
            "\"x\" was a plain file and became a symbolic link, which the profile does not allow");
}

TEST(Guardrails, EveryRuleIsDocumented) {
  const auto docs = ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/task-contract.md", 1 << 20);
  ASSERT_TRUE(docs.ok());
  for (const Rule& rule : AllRules()) {
    EXPECT_THAT(*docs, HasSubstr(StrCat("| `", rule.id, "` | ", rule.when, " |\n")));
    EXPECT_FALSE(rule.why.empty());
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
  guardrails.promotion_artifacts = {"d"};
  guardrails.digest_only = {"e/*"};
  guardrails.max_file_bytes = 5;
  guardrails.max_changed_files = 6;
  guardrails.allow_binary = false;
  guardrails.deny_mode_changes = true;
  EXPECT_EQ(GuardrailsFromJson(ToJson(guardrails), "").value, guardrails);
  EXPECT_EQ(GuardrailsFromJson(Json(Json::Object{}), "").value, Guardrails{});
}

TEST(GuardrailsJson, ReportsEveryProblemWithItsPlace) {
  const auto json = ParseJson(R"({"allow_paths": ["ok", "/x"], "deny_paths": "gitops",
                                  "allow_gitlinks": 1, "max_file_bytes": 0, "deny_path": []})");
  const auto checked = GuardrailsFromJson(*json, "/guardrails");
  EXPECT_FALSE(checked.value.has_value());
  EXPECT_EQ(ToError(checked.problems, "", "").cause,
            "/guardrails/allow_paths/1: is no path pattern: paths start at the repository's root; "
            "remove the first '/'; "
            "/guardrails/deny_paths: must be an array, not a JSON string; "
            "/guardrails/allow_gitlinks: must be a boolean, not a JSON number; "
            "/guardrails/max_file_bytes: must be a whole number from 1 to 1000000000000, not 0; "
            "/guardrails/deny_path: is unknown here; remove it or use one of allow_paths, "
            "deny_paths, allow_gitlinks, promotion_artifacts, digest_only, max_file_bytes, "
            "max_changed_files, allow_binary, deny_mode_changes");
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
