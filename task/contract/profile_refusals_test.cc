// Each thing that a profile may not have: the profile that tries it, and the whole message.
#include "base/strings.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"

namespace ameide::task {
namespace {

std::string Yaml(std::string_view name) {
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    if (profile.name == name) return std::string(profile.yaml);
  }
  return "";
}

struct Attempt {
  std::string_view profile;
  std::string_view from;
  std::string to;
  std::string_view shown;
};

void ExpectRefused(const Attempt& attempt) {
  const std::string good = Yaml(attempt.profile);
  const size_t at = good.find(attempt.from);
  ASSERT_NE(at, std::string::npos) << attempt.from;
  const std::string bad =
      StrCat(good.substr(0, at), attempt.to, good.substr(at + attempt.from.size()));
  std::string shown;
  for (const Problem& problem : ProfileFromYaml(bad, "f").problems) {
    EXPECT_TRUE(problem.position.starts_with("f:")) << problem.pointer;
    StrAppend(&shown, problem.pointer, ": ", problem.message, "\n");
  }
  EXPECT_EQ(shown, StrCat(attempt.shown, "\n")) << attempt.to;
}

TEST(ProfileRefusals, NoPrivilegeAndNoFolderOfTheNode) {
  const Attempt kAttempts[] = {
      {"code", "deploy:\n", "deploy:\n  privileged: true\n",
       "/deploy/privileged: is refused; pods stay unprivileged, and no profile can change that"},
      {"code", "deploy:\n", "deploy:\n  capAdd: [NET_ADMIN]\n",
       "/deploy/capAdd: is refused; pods stay unprivileged, and no profile can change that"},
      {"code", "deploy:\n", "deploy:\n  security_context: {runAsUser: 0}\n",
       "/deploy/security_context: is refused; pods stay unprivileged, and no profile can change "
       "that"},
      {"code", "deploy:\n", "deploy:\n  hostPath: /var/run/docker.sock\n",
       "/deploy/hostPath: is refused; a pod sees no folder of its node, and its own are set by the "
       "template"},
      {"code", "deploy:\n", "deploy:\n  volumes: []\n",
       "/deploy/volumes: is refused; a pod sees no folder of its node, and its own are set by the "
       "template"},
      {"code", "tools: [", "tools: [docker, ",
       "/tools/0: must not be docker; a workspace has no container daemon"},
      {"code", "tools: [", "tools: [sudo, ",
       "/tools/0: must not be sudo; pods stay unprivileged, so it cannot work"},
      {"code", "deploy:\n", "deploy:\n  push_image: true\n",
       "/deploy/push_image: is refused; a task's image is built from the profile's own settings "
       "and never pushed"},
      {"code", "deploy:\n", "deploy:\n  prebuilds: 2\n",
       "/deploy/prebuilds: is refused; a prebuilt workspace would run the task before anybody "
       "asked for it"},
  };
  for (const Attempt& attempt : kAttempts) ExpectRefused(attempt);
}

TEST(ProfileRefusals, NoTunnelAndNoWideNetwork) {
  const Attempt kAttempts[] = {
      {"code", "deploy:\n", "deploy:\n  tun: true\n",
       "/deploy/tun: is refused; nothing tunnels into the cluster's network, and tun devices need "
       "privileges"},
      {"code", "cluster:\n", "cluster:\n  telepresence: {enabled: true}\n",
       "/cluster/telepresence: is refused; nothing tunnels into the cluster's network, and tun "
       "devices need privileges"},
      {"code", "tools: [", "tools: [telepresence, ",
       "/tools/0: must not be telepresence; nothing tunnels into the cluster's network"},
      {"code", "    allow: []\n", "    allow: [{cidr: 0.0.0.0/0, port: 443}]\n",
       "/deploy/egress/allow/0/cidr: must not be every address; for HTTPS to the outside set "
       "egress.public_https"},
      {"code", "    allow: []\n", "    allow: [{cidr: 169.254.169.254/32, port: 80}]\n",
       "/deploy/egress/allow/0/cidr: must not hold link-local addresses; the cloud's metadata "
       "service answers there"},
      {"code", "    allow: []\n", "    allow: [{cidr: 168.0.0.0/6, port: 80}]\n",
       "/deploy/egress/allow/0/cidr: must not hold link-local addresses; the cloud's metadata "
       "service answers there"},
      {"code", "    allow: []\n", "    allow: [{cidr: \"::/00\", port: 443}]\n",
       "/deploy/egress/allow/0/cidr: must not be every address; for HTTPS to the outside set "
       "egress.public_https"},
  };
  for (const Attempt& attempt : kAttempts) ExpectRefused(attempt);
}

TEST(ProfileRefusals, NoBroadIdentity) {
  const Attempt kAttempts[] = {
      {"code", "cluster:\n", "cluster:\n  automount_token: true\n",
       "/cluster/automount_token: is refused; the ServiceAccount's token is mounted exactly when "
       "cluster names roles"},
      {"code", "  service_account: workspace\n", "  service_account: default\n",
       "/cluster/service_account: must not be default; what anybody binds to it every pod would "
       "have"},
      {"code", "namespace: ameide-task-code", "namespace: kube-system",
       "/cluster/namespace: must not be kube-system; make a namespace for this profile alone"},
      {"code", "  roles: []", "  roles: [admin]",
       "/cluster/roles/0: must not be admin; bind a narrow role made for tasks"},
      {"sre", "environment: {namespace: ameide-dev,", "environment: {namespace: ameide-task-sre,",
       "/cluster/environment/namespace: must not be where the tasks run; they would look at "
       "themselves"},
      {"code", "    service_account: workspace-human\n", "    service_account: workspace\n",
       "/modes/human/service_account: must not be cluster.service_account; people and tasks have "
       "separate identities"},
      {"code", "    namespace: ameide-human-code\n", "    namespace: ameide-task-code\n",
       "/modes/human/namespace: must be a namespace of its own; a pod may mount every secret of "
       "its namespace"},
      {"code", "    ttl: 8h\n", "", "/modes/human/ttl: is missing; an enabled human mode needs it"},
      {"code", "apps: [code-server,", "apps: [rdp,",
       "/modes/human/apps/0: must be one of code-server, terminal"},
      {"code", "  name: code\n", "  name: code-human\n",
       "/identity/name: must not end in -human; that is the template of a profile's human mode"},
      {"code", "  name: code\n", "  name: abcdefghijklmnopqrstuvwxyz1\n",
       "/identity/name: must have at most 26 characters; the human mode's template is "
       "<name>-human"},
  };
  for (const Attempt& attempt : kAttempts) ExpectRefused(attempt);
}

TEST(ProfileRefusals, NoValueAndNoStrayCredential) {
  const std::string token = StrCat("ghp", "_", std::string(20, 'x'));
  const Attempt kAttempts[] = {
      {"code", "env: CLONE_TOKEN,", "env: CLONE_TOKEN, value: abc,",
       "/secrets/0/value: is refused; a profile names Secrets and never holds a value; use "
       "secrets"},
      {"code", "check: ameide test", StrCat("check: ameide test ", token),
       "/instructions/check: looks like a GitHub token; put it into a Secret, revoke this copy and "
       "name the Secret under /secrets"},
      {"code", "phases: [pr]", "phases: [verify, pr]",
       "/secrets/2/phases: must be pr alone; a credential that can push never enters the place "
       "where the command runs"},
      {"code", "secret: gh-auth, key: token", "secret: gh-push, key: token",
       "/secrets/0/secret: is what /secrets/2 pushes with; make a weaker credential for the other "
       "phases"},
      {"code", "    secrets: []\n", "    secrets: [{env: A, secret: gh-push, key: token}]\n",
       "/modes/human/secrets/0/secret: is what tasks push with; people push as themselves "
       "(external_auth)"},
      {"code", "env: CLONE_TOKEN", "env: GIT_USERNAME",
       "/secrets/0/env: must not start with GIT_; these names are reserved"},
      {"code", "env: CLONE_TOKEN", "env: CODER_AGENT_TOKEN",
       "/secrets/0/env: must not start with CODER_; these names are reserved"},
      {"code", "env: CLONE_TOKEN", "env: INIT_SCRIPT",
       "/secrets/0/env: must not be INIT_SCRIPT, which the workspace itself reads; choose another "
       "name"},
      {"code", "env: CLONE_TOKEN", "env: KANIKO_DIR",
       "/secrets/0/env: must not be KANIKO_DIR, which the workspace itself reads; choose another "
       "name"},
      {"code", "env: CLONE_TOKEN", "env: PATH",
       "/secrets/0/env: must not be PATH, which the workspace itself reads; choose another name"},
      {"code", "secret: gh-auth, key: token", "secret: gh-auth, key: a/b",
       "/secrets/0/key: must be the key inside the Secret, made of letters, digits, '-', '_' and "
       "'.'"},
  };
  for (const Attempt& attempt : kAttempts) ExpectRefused(attempt);
}

TEST(ProfileRefusals, NoWideningPath) {
  const std::string_view kAllow =
      "allow_paths: [\"services/**\", \"packages/**\", \"primitives/**\"]";
  const std::string_view kDeny =
      "  deny_paths: [\"gitops/**\", \".github/workflows/**\", \"**/CODEOWNERS\", \".gitmodules\"]";
  const std::string good = Yaml("code");
  const std::string tail = good.substr(good.find(kAllow) + kAllow.size());
  const std::string between = tail.substr(0, tail.find(kDeny));
  const std::string from = StrCat(kAllow, between, kDeny);
  constexpr std::string_view kOpen =
      "/guardrails/allow_paths: lets a task change every path; name the folders it works in, or "
      "fill deny_paths";
  const Attempt kAttempts[] = {
      {"code", "\"services/**\"", "\"../services/**\"",
       "/guardrails/allow_paths/0: '..' is in no repository path; write the path from the root"},
      {"code", "\"services/**\"", "\"/services/**\"",
       "/guardrails/allow_paths/0: paths start at the repository's root; remove the first '/'"},
      {"code", "devcontainer: .devcontainer/coder", "devcontainer: ../other",
       "/deploy/devcontainer: must be a folder inside the repository"},
      {"code", "devcontainer: .devcontainer/coder", "devcontainer: /srv",
       "/deploy/devcontainer: must be a folder inside the repository"},
      {"code", from, "allow_paths: []\n  deny_paths: []", kOpen},
      {"code", from, "allow_paths: [\"**\"]\n  deny_paths: []", kOpen},
      {"code", from, "allow_paths: [\"a\", \"*/\"]\n  deny_paths: []", kOpen},
      {"external-executor", "  allow_paths: []", "  allow_paths: [\"a/**\"]",
       "/guardrails/allow_paths: must be empty; guardrails.read_only is true"},
      {"external-executor", "  enabled: false", "  enabled: true\n  branch_prefix: agent/",
       "/pull_request/enabled: must be false; with guardrails.read_only there is nothing to "
       "publish"},
  };
  for (const Attempt& attempt : kAttempts) ExpectRefused(attempt);
}

TEST(ProfileRefusals, NoUnpinnedImageAndNoMissingOne) {
  const std::string good = Yaml("code");
  const size_t start = good.find("  publisher_image:");
  const std::string publisher = good.substr(start, good.find('\n', start) + 1 - start);
  const Attempt kAttempts[] = {
      {"code", "image: ghcr.io/coder/envbuilder:1.3.0@sha256:", "image: x:latest#",
       "/deploy/image: must be pinned by digest (name@sha256:…); a tag can change under you"},
      {"code", publisher, "",
       "/deploy/publisher_image: is missing; a secret for the phase pr needs the publisher, whose "
       "image has Git"},
      {"sre", "deploy:\n", "deploy:\n" + publisher,
       "/deploy/publisher_image: is for profiles with a secret for the phase pr; remove it"},
  };
  for (const Attempt& attempt : kAttempts) ExpectRefused(attempt);
}

TEST(ProfileRefusals, NoLooseExecutor) {
  const std::string good = Yaml("external-executor");
  const std::string executor = good.substr(good.find("executor:\n  endpoint_env"));
  const Attempt kAttempts[] = {
      {"external-executor", executor, "",
       "/executor: is missing; the profile external-executor works through an executor's tools "
       "alone"},
      {"code", "editor: codex\n", "editor: codex\n" + executor,
       "/executor: is for builder image alone; a devcontainer brings its own programs\n"
       "/executor/server_ca: names EXECUTOR_SERVER_CA, which /secrets does not grant to the "
       "command's phases\n"
       "/executor/client_certificate: names EXECUTOR_CLIENT_CERT, which /secrets does not grant to "
       "the command's phases\n"
       "/executor/client_key: names EXECUTOR_CLIENT_KEY, which /secrets does not grant to the "
       "command's phases"},
      {"external-executor", "  lease: 5m", "  lease: 61m",
       "/executor/lease: must not exceed ttl.default (1h)"},
      {"external-executor", "timeout: 45m", "timeout: 150m",
       "/executor/tools/12/timeout: must not exceed ttl.max (2h)"},
      {"external-executor", "name: fo.build", "name: fo.run_command",
       "/executor/tools/12/name: sounds like a tool that runs any command; an executor offers a "
       "closed list of actions"},
      {"external-executor", "name: fo.git.push", "name: fo.build",
       "/executor/tools/15/name: is in the list already; remove one"},
      {"external-executor", "client_key: EXECUTOR_CLIENT_KEY", "client_key: EXECUTOR_CLIENT_CERT",
       "/executor/client_key: must not be the certificate's variable; name the one that holds the "
       "key"},
      {"external-executor", "endpoint_env: EXECUTOR_ENDPOINT", "endpoint_env: EXECUTOR_CLIENT_KEY",
       "/executor/endpoint_env: is the variable of a secret; the address is none, choose another "
       "name"},
      {"external-executor", "policy: needs-approval", "policy: always",
       "/executor/tools/17/policy: must be one of read-only, mutating, needs-approval"},
      {"external-executor", "pattern: \"https://[^@ ]+\"", "pattern: \"(?=x)\"",
       "/executor/tools/0/arguments/0/pattern: is no RE2 pattern: invalid perl operator: (?=; "
       "correct it"},
      {"external-executor", "values: [changed, all], ", "",
       "/executor/tools/12/arguments/1/values: is missing; an enum needs its words"},
  };
  for (const Attempt& attempt : kAttempts) ExpectRefused(attempt);
}

}  // namespace
}  // namespace ameide::task
