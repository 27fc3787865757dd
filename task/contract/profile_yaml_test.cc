#include "base/files.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"

namespace ameide::task {
namespace {

std::string CodeYaml() {
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    if (profile.name == "code") return std::string(profile.yaml);
  }
  return "";
}

std::string Show(const Problems& problems) {
  std::string out;
  for (const Problem& p : problems) {
    StrAppend(&out, p.position.empty() ? "no position" : "", p.pointer, ": ", p.message, "\n");
  }
  return out;
}

TEST(ProfileYaml, BuiltinProfilesLoad) {
  std::vector<std::string> names;
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    const auto profile = ProfileFromYaml(builtin.yaml, builtin.file);
    EXPECT_EQ(Show(profile.problems), "") << builtin.file;
    ASSERT_TRUE(profile.ok());
    EXPECT_EQ(profile.value->contract.name, builtin.name);
    names.push_back(profile.value->contract.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"code", "external-executor", "gitops", "sre"}));
}

TEST(ProfileYaml, CodeProfileSaysWhatItsFileSays) {
  const auto loaded = ProfileFromYaml(CodeYaml(), "code.yaml");
  ASSERT_TRUE(loaded.ok());
  const ProfileContract& contract = loaded.value->contract;
  EXPECT_EQ(contract.marker, "code");
  EXPECT_EQ(contract.repositories,
            std::vector<std::string>{"https://github.com/ameideio/ameide.git"});
  EXPECT_EQ(contract.guardrails.allow_paths,
            (std::vector<std::string>{"services/**", "packages/**", "primitives/**"}));
  EXPECT_FALSE(contract.guardrails.allow_gitlinks);
  EXPECT_TRUE(contract.pull_requests);
  EXPECT_EQ(contract.branch_prefix, "agent/");
  EXPECT_EQ(contract.default_ttl, std::chrono::hours(1));
  EXPECT_EQ(contract.timeouts.edit, std::chrono::minutes(45));
  ASSERT_EQ(contract.secrets.size(), 3u);
  EXPECT_EQ(contract.secrets[2],
            (SecretGrant{"PUSH_TOKEN", "gh-push", "token", std::vector<Phase>{Phase::kPr}}));
  EXPECT_EQ(loaded.value->deployment.tolerations.size(), 1u);
  EXPECT_EQ(loaded.value->deployment.provisioner_service_account, "coder");
  EXPECT_EQ(contract.check_command, "ameide test");
}

TEST(ProfileYaml, GuardrailsOnContentAreRead) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name != "gitops") continue;
    const Guardrails rules = ProfileFromYaml(builtin.yaml, "f").value->contract.guardrails;
    EXPECT_EQ(rules.digest_only, (std::vector<std::string>{"environments/**/images.yaml",
                                                           "environments/**/digests.yaml"}));
    EXPECT_TRUE(rules.promotion_artifacts.empty());
    EXPECT_EQ(rules.max_file_bytes, 1048576u);
    EXPECT_EQ(rules.max_changed_files, 200u);
    EXPECT_FALSE(rules.allow_binary);
    EXPECT_TRUE(rules.deny_mode_changes);
  }
  const Guardrails code = ProfileFromYaml(CodeYaml(), "f").value->contract.guardrails;
  EXPECT_EQ(code.promotion_artifacts, std::vector<std::string>{"environments/**"});
  EXPECT_TRUE(code.allow_binary);
  EXPECT_FALSE(code.deny_mode_changes);
}

// One edit of the good file, and exactly what is then said.
struct Edit {
  std::string_view from;
  std::string to;
  std::string_view shown;
};

TEST(ProfileYaml, EachMistakeIsNamed) {
  const Edit kEdits[] = {
      {"version: 1\n", "version: 2\n", "/version: must be 1, not 2\n"},
      {"editor: codex", "editor: vim", "/editor: must be one of codex, claude, none\n"},
      {"editor: codex", "editor: codex\nedition: 2",
       "/edition: is unknown here; remove it or use one of version, identity, repositories, "
       "guardrails, tools, pull_request, timeouts, ttl, evidence, secrets, cluster, deploy, "
       "instructions, editor, modes, executor\n"},
      {"  risk_tier: high\n", "", "/identity/risk_tier: is missing; add it\n"},
      {"  name: code\n", "  name: Code/x\n",
       "/identity/name: must be 1 to 32 of a-z and 0-9, with single '-' between them\n"},
      {"tools: [ameide,", "tools: [ameide, ameide,",
       "/tools/1: is in the list already; remove one\n"},
      {"tools: [ameide,", "tools: [rm -rf,",
       "/tools/0: must be a program's name without folders and arguments\n"},
      {"  allow_gitlinks: false", "  allow_gitlinks: \"false\"",
       "/guardrails/allow_gitlinks: must be a boolean, not a string\n"},
      {"  max_changed_files: 500", "  max_changed_files: 0",
       "/guardrails/max_changed_files: must be a whole number from 1 to 1000000000000, not 0\n"},
      {"  promotion_artifacts: [\"environments/**\"]", "  promotion_artifacts: [\"/x\"]",
       "/guardrails/promotion_artifacts/0: paths start at the repository's root; remove the first "
       "'/'\n"},
      {"  max_file_bytes: 5242880", "  allow_binaries: false",
       "/guardrails/allow_binaries: is unknown here; remove it or use one of allow_paths, "
       "deny_paths, allow_gitlinks, read_only, promotion_artifacts, digest_only, max_file_bytes, "
       "max_changed_files, allow_binary, deny_mode_changes\n"},
      {"  primary: https://github.com", "  primary: https://me:pw@github.com",
       "/repositories/primary: must not hold a user name or password; name a Secret instead\n"},
      {"  allow: []\n\nguardrails",
       "  allow: [https://github.com/ameideio/ameide.git]\n\nguardrails",
       "/repositories/allow: repeats the primary repository; it is allowed anyway\n"},
      {"  branch_prefix: agent/\n", "",
       "/pull_request/branch_prefix: is missing; pull requests need it, for example agent/\n"},
      {"  default: 1h ", "  default: 3h ", "/ttl/default: must not exceed ttl.max (2h)\n"},
      {"  default: 1h ", "  default: 0s ", "/ttl/default: must be whole seconds and at least 5m\n"},
      {"  default: 1h ", "  default: 10s ",
       "/ttl/default: must be whole seconds and at least 5m\n"},
      {"  edit: 45m", "  edit: 150m", "/timeouts/edit: must not exceed ttl.max (2h)\n"},
      {"  edit: 45m", "  edit: 0s", "/timeouts/edit: must be above zero\n"},
      {"env: CLONE_TOKEN", "env: GIT_TOKEN",
       "/secrets/0/env: must not start with GIT_; these names are reserved\n"},
      {"env: CODEX_AUTH_JSON", "env: CLONE_TOKEN",
       "/secrets/1/env: is granted twice; CLONE_TOKEN can hold one secret\n"},
      {"secret: gh-auth", "secret: gh_auth",
       "/secrets/0/secret: must be a DNS name of a-z, 0-9, '-' and '.'; use the object's name as "
       "Kubernetes shows it\n"},
      {"phases: [checkout]", "phases: [build]",
       "/secrets/0/phases/0: must be one of checkout, edit, verify, pr\n"},
      {"phases: [checkout]", "phases: []",
       "/secrets/0/phases: must not be empty; add at least one\n"},
      {"phases: [pr]", "phases: [edit, pr]",
       "/secrets/2/phases: must be pr alone; a credential that can push never enters the place "
       "where the command runs\n"},
      {"  enabled: true", "  enabled: false",
       "/secrets/2/phases: names pr, but pull_request.enabled is false\n"},
      {"  roles: []", "  roles: [cluster-admin]",
       "/cluster/roles/0: must not be cluster-admin; bind a narrow role made for tasks\n"},
      {"namespace: ameide-task-code", "namespace: ameide-dev",
       "/cluster/namespace: must not be the provisioner's own; tasks live apart\n"},
      {"image: ghcr.io/coder/envbuilder:1.3.0@sha256:"
       "b34ade2fb90a8536df76e7a15c6dd8c6352d0ae835a187b13467fa0c8a71e280",
       "image: ghcr.io/coder/envbuilder:latest",
       "/deploy/image: must be pinned by digest (name@sha256:…); a tag can change under you\n"},
      {"  devcontainer: .devcontainer/coder\n", "",
       "/deploy/devcontainer: is missing; envbuilder needs the folder of devcontainer.json, like "
       ".devcontainer/coder\n"},
      {"  devcontainer: .devcontainer/coder\n", "  devcontainer: ../x\n",
       "/deploy/devcontainer: must be a folder inside the repository\n"},
      {"  cpu: \"2\"", "  cpu: 2", "/deploy/cpu: must be a string, not a number\n"},
      {"  memory: 8Gi", "  memory: lots",
       "/deploy/memory: must be a Kubernetes quantity, for example \"2\" or \"8Gi\"\n"},
      {"effect: NoSchedule", "effect: Never",
       "/deploy/tolerations/0/effect: must be one of NoSchedule, PreferNoSchedule, NoExecute\n"},
      {"{ameide.io/pool: workspaces-coder}\n", "{kubernetes.io/arch: arm64}\n",
       "/deploy/node_selector: must not name kubernetes.io/arch; deploy.arch sets it\n"},
      {"{ameide.io/pool: workspaces-coder}\n", "{kubernetes.io/os: windows}\n",
       "/deploy/node_selector: must not name another kubernetes.io/os; pods are of linux\n"},
      {"    allow: []\n", "    allow: [{cidr: 10.0.0.0, port: 443}]\n",
       "/deploy/egress/allow/0/cidr: must be a network like 10.1.0.0/16 or fd00::/8\n"},
      {"check: ameide test", "check: ameide test --token ghp_" + std::string(20, 'x'),
       "/instructions/check: looks like a GitHub token; put it into a Secret, revoke this copy and "
       "name the Secret under /secrets\n"},
  };
  const std::string good = CodeYaml();
  for (const Edit& edit : kEdits) {
    const size_t at = good.find(edit.from);
    ASSERT_NE(at, std::string::npos) << edit.from;
    const std::string bad = StrCat(good.substr(0, at), edit.to, good.substr(at + edit.from.size()));
    EXPECT_EQ(Show(ProfileFromYaml(bad, "code.yaml").problems), edit.shown) << edit.to;
  }
}

TEST(ProfileYaml, EachGuardrailAxisMustBeStated) {
  const auto loaded = ProfileFromYaml("version: 1\n", "f");
  for (const std::string_view axis : {"/repositories", "/secrets", "/cluster", "/guardrails"}) {
    const std::string line =
        StrCat(axis,
               ": is missing; add it, even if it is empty: repositories, guardrails, secrets and "
               "cluster are the four axes that every profile states\n");
    EXPECT_NE(Show(loaded.problems).find(line), std::string::npos) << axis;
  }
}

TEST(ProfileYaml, PeopleAndTasksOfOneProfileAreTwoIdentities) {
  const Profile code = *ProfileFromYaml(CodeYaml(), "f").value;
  ASSERT_TRUE(code.human);
  EXPECT_NE(code.human->namespace_name, code.deployment.namespace_name);
  EXPECT_NE(code.human->service_account, code.deployment.service_account);
  EXPECT_EQ(code.human->apps, (std::vector<std::string>{"code-server", "terminal"}));
  EXPECT_EQ(code.human->ttl, std::chrono::hours(8));
  const std::string off =
      StrReplaceAll(CodeYaml(), "human:\n    enabled: true", "human:\n    enabled: false");
  EXPECT_FALSE(ProfileFromYaml(off, "f").value->human);
}

TEST(ProfileYaml, NamespacesFollowTheName) {
  std::string yaml = StrReplaceAll(CodeYaml(), "  namespace: ameide-task-code\n", "");
  yaml = StrReplaceAll(yaml, "    namespace: ameide-human-code\n", "");
  const auto loaded = ProfileFromYaml(yaml, "f");
  ASSERT_TRUE(loaded.ok()) << Show(loaded.problems);
  EXPECT_EQ(loaded.value->deployment.namespace_name, "ameide-task-code");
  EXPECT_EQ(loaded.value->human->namespace_name, "ameide-human-code");
}

TEST(ProfileYaml, ReadOnlyDeniesEveryPath) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name != "external-executor") continue;
    const Profile profile = *ProfileFromYaml(builtin.yaml, "f").value;
    EXPECT_EQ(profile.contract.guardrails.deny_paths, std::vector<std::string>{"**"});
    ASSERT_TRUE(profile.contract.executor);
    EXPECT_EQ(profile.contract.executor->tools.size(), 18u);
  }
}

TEST(ProfileYaml, GlobsMustBeGlobs) {
  const std::string good = CodeYaml();
  const std::string bad = StrReplaceAll(good, "\"services/**\"", "\"services/[\"");
  const auto loaded = ProfileFromYaml(bad, "f");
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_EQ(loaded.problems[0].pointer, "/guardrails/allow_paths/0");
}

TEST(ProfileYaml, ProblemsCarryTheirPosition) {
  const auto loaded = ProfileFromYaml("version: 1\nidentity:\n  name: X\n", "profiles/x.yaml");
  ASSERT_FALSE(loaded.ok());
  bool found = false;
  for (const Problem& problem : loaded.problems) {
    if (problem.pointer != "/identity/name") continue;
    found = true;
    EXPECT_EQ(problem.position, "profiles/x.yaml:3:3");
  }
  EXPECT_TRUE(found);
}

TEST(ProfileYaml, TheExampleOfTheDocumentationLoads) {
  const auto text = ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/profiles.md", 1 << 20);
  ASSERT_TRUE(text.ok());
  const size_t start = text->find("```yaml\n", text->find("## Example")) + 8;
  const auto loaded = ProfileFromYaml(text->substr(start, text->find("```\n", start) - start), "f");
  EXPECT_EQ(Show(loaded.problems), "");
}

TEST(ProfileYaml, OtherShapesAreRefused) {
  for (const std::string_view yaml : {"[]", "text", "1", "~"}) {
    EXPECT_EQ(Show(ProfileFromYaml(yaml, "f").problems).substr(0, 19), ": must be an object")
        << yaml;
  }
}

}  // namespace
}  // namespace ameide::task
