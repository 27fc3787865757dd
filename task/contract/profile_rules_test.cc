#include "task/contract/profile_rules.h"

#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using Rule = Flaw (*)(std::string_view);

struct Case {
  Rule rule;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

TEST(ProfileRules, AcceptAndRefuse) {
  const std::string digest = "sha256:" + std::string(32, 'a') + std::string(32, '0');
  const Case kCases[] = {
      {DnsLabelProblem,
       {"a", "ameide-task-code", "0"},
       {"", "A", "-a", "a-", "a.b", std::string(64, 'a')}},
      {DnsSubdomainProblem, {"gh-auth", "a.b"}, {"", "a..b", "a_b", ".a", std::string(254, 'a')}},
      {SecretKeyProblem, {"auth.json", "TOKEN", "a_b-c"}, {"", "a/b", "a b"}},
      {SecretVariableProblem,
       {"CLONE_TOKEN", "_x", "KEY2"},
       {"", "2X", "A-B", "PATH", "HOME", "GIT_USERNAME", "CODER_AGENT_TOKEN", "AMEIDE_X",
        "ENVBUILDER_GIT_URL", "INIT_SCRIPT", "VERBOSE", "KANIKO_DIR", "LD_PRELOAD"}},
      {ImageProblem,
       {"ghcr.io/a/b@" + digest, "a:1.2@" + digest},
       {"a:latest", "@" + digest, "a@sha256:abc", "a@" + digest + "0", "a b@" + digest,
        "a@sha256:" + std::string(64, '0'), "a@sha256:" + std::string(64, 'G')}},
      {OwnImageProblem,
       {"a@" + digest, "a:1@sha256:" + std::string(64, '0')},
       {"a:latest", "@sha256:" + std::string(64, '0'), "a@sha256:" + std::string(64, '1'),
        "a b@sha256:" + std::string(64, '0')}},
      {TemplateNameProblem,
       {"a", "external-executor", std::string(32, 'a')},
       {"", "A", "a--b", "-a", "code-human", std::string(33, 'a')}},
      {NamespaceProblem, {"a", "ameide-task-code"}, {"", "default", "kube-system", "a.b"}},
      {ServiceAccountProblem, {"workspace"}, {"", "default", "A"}},
      {RoleProblem, {"view", "a.b"}, {"", "cluster-admin", "admin", "edit", "system:masters"}},
      {ProgramProblem, {"git", "go", "dockerfmt"}, {"", "a b", "/bin/sh", "docker", "Sudo"}},
      {EgressProblem,
       {"10.0.0.0/8", "fd00::/8"},
       {"0.0.0.0/0", "::/0", "169.254.169.254/32", "FE80::/10", "x"}},
      {RefusedKeyProblem, {"cidr", "service_account", ""}, {"privileged", "hostPath", "cap-add"}},
      {QuantityProblem,
       {"2", "500m", "1.5", "8Gi", "100k"},
       {"", "0", "0Gi", "-1", "1GB", "Gi", "1..2", ".5", "5."}},
      {CidrProblem,
       {"10.0.0.0/8", "0.0.0.0/0", "fd00::/8"},
       {"", "10.0.0.0", "10.0.0.0/33", "fd00::/129", "x/8", "10.0.0.0/-1"}},
      {LabelKeyProblem, {"a", "ameide.io/pool"}, {"", "/a", "a/", "A_/b", "a b"}},
      {LabelValueProblem, {"", "workspaces-coder", "A.b_c"}, {"-a", "a b", std::string(64, 'a')}},
      {PublicRepositoryProblem,
       {"https://github.com/a/b.git", "https://git.example.com:8443/x"},
       {"", "http://a/b", "git@github.com:a/b", "https://user:pw@a/b", "https://a", "https://a/",
        "https://a/b?x=1", "https:///b"}},
      {OneLineProblem, {"text", "caf\xc3\xa9"}, {"", "  ", "a\nb", "a\tb", "\x1b[1m"}},
  };
  for (const Case& c : kCases) {
    for (const std::string& text : c.good) EXPECT_EQ(c.rule(text).message, "") << text;
    for (const std::string& text : c.bad) EXPECT_NE(c.rule(text).message, "") << text;
  }
}

TEST(ProfileRules, SecretsAreRecognised) {
  const std::string tail = "0123456789abcdefghij";
  struct {
    std::string text;
    std::string_view what;
  } kCases[] = {
      {StrCat("ghp", "_", tail), "a GitHub token"},
      {StrCat("token: github", "_pat_", tail), "a GitHub token"},
      {StrCat("sk", "-proj-", tail), "a model provider's key"},
      {StrCat("AKIA", "IOSFODNN7EXAMPLE"), "an AWS key id"},
      {StrCat("-----BEGIN", " RSA PRIVATE KEY-----"), "a private key"},
      {StrCat("x=", "q83vEjRWeJCrze8SNFZ4", "kKvN7xI0VniQq83vEjRW"), "a random key"},
      // What merely looks long.
      {"ghp_short", ""},
      {"ask-me-anything-about-the-task-sk-", ""},
      {"task-runner-configuration-for-all", ""},
      {"ghcr.io/coder/envbuilder:1.3.0@sha256:" + std::string(32, 'b') + std::string(32, '7'), ""},
      {"sources/values/_shared/platform/platform-devcontainer-service.yaml", ""},
      {"Changes services, packages and primitives of the platform", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(LooksLikeSecret(c.text), c.what) << c.text;
}

// Lint relies on it: a file is looked at as a whole first.
TEST(ProfileRules, NoSecretReachesOverTheEndOfALine) {
  const std::string tail(20, 'x');
  const std::string random = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zZ";
  for (const std::string& half : {std::string("ghp"), StrCat("ghp", "_"), random.substr(0, 16)}) {
    const std::string rest = half == random.substr(0, 16) ? random.substr(16) : StrCat("_", tail);
    EXPECT_EQ(LooksLikeSecret(StrCat("a: ", half, "\n", rest, "\n")), "") << half;
  }
  EXPECT_EQ(LooksLikeSecret(StrCat("a: 1\nb: ghp", "_", tail, "\n")), "a GitHub token");
  EXPECT_EQ(LooksLikeSecret(StrCat("a: 1\nb: ", random)), "a random key");
}

}  // namespace
}  // namespace ameide::task
