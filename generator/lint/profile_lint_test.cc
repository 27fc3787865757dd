#include "generator/lint/profile_lint.h"

#include <set>

#include "base/strings.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"
#include "task/contract/testing/random_profile.h"

namespace ameide::generator {
namespace {

using testing::BuiltinYaml;

struct Case {
  std::string_view rule;
  std::string_view profile;
  std::string_view from;  // empty: `to` is the whole file
  std::string to;
};

std::vector<Case> RefusedCases() {
  const std::string token = StrCat("ghp", "_", std::string(20, 'x'));
  return {
      {"yaml-unreadable", "code", "version: 1", "version: [1"},
      {"yaml-repeated-key", "code", "version: 1\n", "version: 1\nversion: 1\n"},
      {"yaml-indirection", "code", "version: 1\n", "version: &a 1\n"},
      {"yaml-ambiguous", "code", "enabled: true", "enabled: yes"},
      {"axis-missing", "code", "", "version: 1\n"},
      {"key-missing", "code", "  risk_tier: high\n", ""},
      {"key-unknown", "code", "deploy:\n", "deploy:\n  surprise: 1\n"},
      {"wrong-type", "code", "allow_gitlinks: false", "allow_gitlinks: \"false\""},
      {"value-refused", "code", "memory: 8Gi", "memory: much"},
      {"value-refused", "code", "max_changed_files: 500", "max_changed_files: 0"},
      {"list-repeats", "code", "\"packages/**\"", "\"services/**\""},
      {"asks-for-privilege", "code", "deploy:\n", "deploy:\n  privileged: true\n"},
      {"asks-for-host-folder", "code", "deploy:\n", "deploy:\n  hostPath: /srv\n"},
      {"asks-for-tunnel", "code", "deploy:\n", "deploy:\n  tun: true\n"},
      {"asks-for-token", "code", "cluster:\n", "cluster:\n  automount_token: true\n"},
      {"asks-for-unsafe-build", "code", "deploy:\n", "deploy:\n  push_image: true\n"},
      {"asks-for-prebuild", "code", "deploy:\n", "deploy:\n  prebuilds: 2\n"},
      {"tool-refused", "code", "tools: [", "tools: [docker, "},
      {"secret-in-profile", "code", "check: ameide test", StrCat("check: ameide test ", token)},
      {"secret-in-profile", "code", "env: CLONE_TOKEN,", "env: CLONE_TOKEN, value: abc,"},
      {"secret-variable-refused", "code", "env: CLONE_TOKEN", "env: PATH"},
      {"secret-repeated", "code", "env: CODEX_AUTH_JSON", "env: CLONE_TOKEN"},
      {"push-credential-shared", "code", "phases: [pr]", "phases: [verify, pr]"},
      {"namespace-shared", "code", "namespace: ameide-task-code", "namespace: kube-system"},
      {"identity-shared", "code", "  service_account: workspace\n", "  service_account: default\n"},
      {"role-too-wide", "code", "  roles: []", "  roles: [admin]"},
      {"egress-too-wide", "code", "    allow: []\n", "    allow: [{cidr: 0.0.0.0/0, port: 443}]\n"},
      {"image-not-pinned", "code", "image: ghcr.io/coder/envbuilder:1.3.0@", "image: x:latest#"},
      {"paths-open", "sre",
       "deny_paths: [\"services/**\", \"packages/**\", \"primitives/**\", "
       "\"gitops/**\", \".github/**\"]",
       "deny_paths: []"},
      {"path-pattern", "code", "\"services/**\"", "\"../services/**\""},
      {"read-only-contradicted", "external-executor", "allow_paths: []", "allow_paths: [\"a/**\"]"},
      {"clock-too-long", "code", "edit: 45m", "edit: 9h"},
      {"executor-contract", "external-executor", "name: fo.build", "name: fo.run_command"},
  };
}

std::vector<Case> AdviceCases() {
  return {
      {"image-placeholder", "code", "version: 1", "version: 1"},
      {"allow-path-denied", "code", "\"gitops/**\"", "\"services/**\""},
      {"control-file-hidden", "code", "\"services/**\"", "\"**/AGENTS.md\""},
      {"control-file-allowed", "code", "\"services/**\"", "\"services/AGENTS.md\""},
      {"risk-understated", "code", "risk_tier: high", "risk_tier: low"},
      {"pull-request-without-secret", "sre", "  enabled: false",
       "  enabled: true\n  branch_prefix: agent/"},
      {"kubectl-without-role", "code", "tools: [", "tools: [kubectl, "},
      {"check-tool-unlisted", "code", "check: ameide test", "check: make test"},
      {"start-eats-ttl", "code", "default: 1h", "default: 15m"},
      {"branch-prefix-open", "code", "branch_prefix: agent/", "branch_prefix: agent"},
      {"roles-without-egress", "code", "  roles: []", "  roles: [reader]"},
      {"secret-beside-open-network", "code", "version: 1", "version: 1"},
      {"limits-missing", "code", "  max_changed_files: 500\n", ""},
      {"schema-line-missing", "code", "# yaml-language-server: $schema=profile.schema.json\n", ""},
  };
}

LoadedProfile Made(const Case& c) {
  std::string yaml = BuiltinYaml(c.profile);
  if (c.from.empty()) {
    yaml = c.to;
  } else if (c.rule == "paths-open") {
    // Two places at once.
    yaml = StrReplaceAll(yaml, "allow_paths: [\"diagnosis/**\"]", "allow_paths: []");
  }
  if (!c.from.empty()) {
    const size_t at = yaml.find(c.from);
    EXPECT_NE(at, std::string::npos) << c.from;
    yaml.replace(at, c.from.size(), c.to);
  }
  return ReadProfile({std::string(c.profile), StrCat("profiles/", c.profile, ".yaml"), yaml});
}

TEST(ProfileLint, EveryRefusalHasItsRuleAndAPlace) {
  for (const Case& c : RefusedCases()) {
    const LoadedProfile loaded = Made(c);
    EXPECT_FALSE(loaded.read.ok()) << c.rule;
    const LintFindings findings = LintProfile(loaded);
    ASSERT_FALSE(findings.empty()) << c.rule;
    bool found = false;
    for (const LintFinding& finding : findings) {
      found |= finding.rule == c.rule;
      EXPECT_EQ(finding.place.file, StrCat("profiles/", c.profile, ".yaml")) << c.rule;
      const LintRule* rule = FindLintRule(finding.rule);
      ASSERT_NE(rule, nullptr) << finding.rule;
      EXPECT_EQ(rule->severity, Severity::kError) << finding.rule;
      if (finding.edit) {
        EXPECT_TRUE(rule->fixable) << finding.rule;
      }
    }
    EXPECT_TRUE(found) << c.rule << ", not " << findings.front().rule << ": "
                       << findings.front().message;
  }
}

TEST(ProfileLint, AdviceIsGivenOnProfilesThatLoad) {
  for (const Case& c : AdviceCases()) {
    const LoadedProfile loaded = Made(c);
    ASSERT_TRUE(loaded.read.ok()) << c.rule << loaded.read.problems.front().message;
    const LintFindings findings = LintProfile(loaded);
    EXPECT_FALSE(HasErrors(findings)) << c.rule;
    bool found = false;
    for (const LintFinding& finding : findings) found |= finding.rule == c.rule;
    EXPECT_TRUE(found) << c.rule;
  }
}

TEST(ProfileLint, EachRuleIsShown) {
  std::set<std::string_view> shown = {"file-name"};  // between files, see load_test.cc
  for (const Case& c : RefusedCases()) shown.insert(c.rule);
  for (const Case& c : AdviceCases()) shown.insert(c.rule);
  std::set<std::string_view> rules;
  for (const LintRule& rule : ProfileRules()) rules.insert(rule.id);
  EXPECT_EQ(shown, rules);
}

TEST(ProfileLint, BuiltinProfilesHaveNoErrorAndNoUnexpectedWarning) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    for (const LintFinding& finding : LintProfile(ReadProfile(
             {std::string(builtin.name), std::string(builtin.file), std::string(builtin.yaml)}))) {
      EXPECT_TRUE(finding.rule == "image-placeholder" ||
                  finding.rule == "secret-beside-open-network")
          << builtin.name << ": " << finding.rule;
    }
  }
}

// Every repair at once, as --fix does it in one round.
std::string Repaired(const std::string& yaml, size_t* count) {
  std::vector<TextEdit> edits;
  for (const LintFinding& finding : LintProfile(ReadProfile({"x", "x.yaml", yaml}))) {
    if (finding.edit) edits.push_back(*finding.edit);
  }
  *count += edits.size();
  return ApplyEdits(yaml, edits);
}

TEST(ProfileLint, RepairsUndoWhatPeopleGetWrong) {
  const std::pair<std::string_view, std::string_view> kDamages[] = {
      {": false", ": \"false\""}, {": false", ": no"}, {": true", ": yes"}, {": true", ": 'true'"}};
  size_t count = 0;
  for (unsigned seed = 0; seed < 80; ++seed) {
    const std::string good = task::testing::RandomProfileYaml(seed);
    const auto& [from, to] = kDamages[seed % std::size(kDamages)];
    std::string yaml = StrReplaceAll(good, StrCat(from, "\n"), StrCat(to, "\n"));
    size_t edits = 0;
    for (int round = 0; round < 3; ++round) yaml = Repaired(yaml, &edits);
    count += edits;
    EXPECT_TRUE(ReadProfile({"x", "x.yaml", yaml}).read.ok()) << seed << yaml;
    EXPECT_EQ(Repaired(yaml, &edits), yaml) << seed;
  }
  EXPECT_GT(count, 100u);
}

TEST(ProfileLint, EveryProblemNamesARuleOfTheTable) {
  size_t count = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const std::string yaml =
        task::testing::MutatedYaml(task::testing::RandomProfileYaml(seed), seed);
    for (const task::Problem& problem : ReadProfile({"x", "x.yaml", yaml}).read.problems) {
      ++count;
      const LintRule* rule = FindLintRule(problem.rule);
      ASSERT_NE(rule, nullptr) << problem.pointer << ": " << problem.message;
      EXPECT_EQ(rule->severity, Severity::kError) << problem.rule;
    }
  }
  EXPECT_GT(count, 100u);
}

// Whatever the file: what could be read before can be read afterwards.
TEST(ProfileLint, RepairsOfRandomDamageNeverMakeItWorse) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const std::string yaml =
        task::testing::MutatedYaml(task::testing::RandomProfileYaml(seed), seed);
    size_t count = 0;
    const std::string after = Repaired(yaml, &count);
    EXPECT_TRUE(!task::YamlToJson(yaml, "x").ok() || task::YamlToJson(after, "x").ok()) << seed;
    EXPECT_TRUE(!ReadProfile({"x", "x", yaml}).read.ok() ||
                ReadProfile({"x", "x", after}).read.ok())
        << seed;
  }
}

}  // namespace
}  // namespace ameide::generator
