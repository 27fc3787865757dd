#include "generator/permissions.h"

#include <functional>

#include "base/strings.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

std::string Words(const task::Profile& before, const task::Profile& after) {
  std::string out;
  for (const PermissionChange& change : ComparePermissions(before, after)) {
    StrAppend(&out, ToString(change.effect), ": ", change.text, "\n");
  }
  return out;
}

TEST(Permissions, EachChangeInWords) {
  using Edit = std::function<void(task::Profile*)>;
  const struct {
    const char* profile;
    Edit edit;
    std::string_view there;  // words of before → after
    std::string_view back;   // and of after → before
  } kCases[] = {
      {"sre", [](auto* p) { p->contract.guardrails.allow_paths.push_back("deploy/**"); },
       "wider: sre may now write deploy/**\n", "narrower: sre may no longer write deploy/**\n"},
      {"sre", [](auto* p) { p->contract.guardrails.allow_paths.push_back("diagnosis/new/**"); }, "",
       ""},
      {"sre", [](auto* p) { p->contract.guardrails.allow_paths.clear(); },
       "wider: sre may now write every path that nothing denies\n",
       "narrower: sre may now write nothing but diagnosis/**\n"},
      {"sre", [](auto* p) { p->contract.guardrails.deny_paths.push_back("a/**"); },
       "narrower: sre is now denied a/**\n", "wider: sre is no longer denied a/**\n"},
      {"sre", [](auto* p) { p->contract.guardrails.allow_gitlinks = true; },
       "wider: sre may now move submodule pointers\n",
       "narrower: sre may no longer move submodule pointers\n"},
      {"sre", [](auto* p) { p->contract.guardrails.max_changed_files = 0; },
       "wider: max_changed_files of sre is now no limit, was 100\n",
       "narrower: max_changed_files of sre is now 100, was no limit\n"},
      {"sre", [](auto* p) { p->contract.pull_requests = true; },
       "wider: sre may now open pull requests\n",
       "narrower: sre may no longer open pull requests\n"},
      {"code", [](auto* p) { p->contract.branch_prefix = "agent/code/"; },
       "narrower: code now pushes branches below agent/code/, was agent/\n",
       "wider: code now pushes branches below agent/, was agent/code/\n"},
      {"code", [](auto* p) { p->contract.secrets.erase(p->contract.secrets.begin()); },
       "narrower: code no longer sees secret gh-auth (token) as CLONE_TOKEN in phase checkout\n",
       "wider: code now sees secret gh-auth (token) as CLONE_TOKEN in phase checkout\n"},
      {"code", [](auto* p) { p->contract.secrets[0].phases.push_back(task::Phase::kEdit); },
       "wider: code now sees secret gh-auth (token) as CLONE_TOKEN in phase edit\n",
       "narrower: code no longer sees secret gh-auth (token) as CLONE_TOKEN in phase edit\n"},
      {"code",
       [](auto* p) {
         p->deployment.egress.push_back({"10.0.0.0/8", 22});
       },
       "wider: code may now reach 10.0.0.0/8 port 22\n",
       "narrower: code may no longer reach 10.0.0.0/8 port 22\n"},
      {"code", [](auto* p) { p->deployment.public_https = false; },
       "narrower: code may no longer reach every public address over HTTPS\n",
       "wider: code may now reach every public address over HTTPS\n"},
      {"code", [](auto* p) { p->deployment.roles.push_back("reader"); },
       "wider: code is now bound to role reader\n",
       "narrower: code is no longer bound to role reader\n"},
      {"code", [](auto* p) { p->contract.max_ttl *= 2; },
       "wider: ttl.max of code is now 4h, was 2h\n",
       "narrower: ttl.max of code is now 2h, was 4h\n"},
      {"code", [](auto* p) { p->contract.tools.push_back("kubectl"); },
       "wider: code is now told to use kubectl\n",
       "narrower: code is no longer told to use kubectl\n"},
      {"code", [](auto* p) { p->contract.evidence.required.push_back("proof/**"); },
       "narrower: code must now leave proof/**\n", "wider: code need no longer leave proof/**\n"},
      {"code", [](auto* p) { p->human.reset(); },
       "narrower: people no longer get workspaces of code\n",
       "wider: people now get workspaces of code\n"},
      {"code", [](auto* p) { p->deployment.publisher_image.clear(); },
       "neutral: publisher_image of code is now none, was docker.io/alpine/git:v2.49.1@sha256:"
       "c0280cf9572316299b08544065d3bf35db65043d5e3963982ec50647d2746e26\n",
       "neutral: publisher_image of code is now docker.io/alpine/git:v2.49.1@sha256:"
       "c0280cf9572316299b08544065d3bf35db65043d5e3963982ec50647d2746e26, was none\n"},
      {"code", [](auto* p) { p->deployment.builder = task::Deployment::Builder::kImage; },
       "narrower: code now runs a ready-made image without any capability\n",
       "wider: code now builds its image in a pod that starts as root\n"},
      {"external-executor",
       [](auto* p) {
         auto& tool = p->contract.executor->tools.front();
         tool.name = "fo.other";
       },
       "wider: external-executor may now call fo.other\n"
       "narrower: external-executor may no longer call fo.session.open\n",
       "wider: external-executor may now call fo.session.open\n"
       "narrower: external-executor may no longer call fo.other\n"},
      {"code", [](auto* p) { p->description = "other"; }, "", ""},
  };
  for (const auto& c : kCases) {
    const task::Profile before = testing::Builtin(c.profile);
    task::Profile after = before;
    c.edit(&after);
    EXPECT_EQ(Words(before, after), c.there);
    EXPECT_EQ(Words(after, before), c.back);
  }
}

TEST(Permissions, AChangedToolPolicyOrPatternIsNeverSilent) {
  task::Profile before = testing::Builtin("external-executor");
  task::Profile after = before;
  task::ExecutorTool& tool = after.contract.executor->tools.back();
  const std::string name = tool.name;
  tool.policy = task::ExecutorTool::Policy::kReadOnly;
  before.contract.executor->tools.back().policy = task::ExecutorTool::Policy::kNeedsApproval;
  EXPECT_EQ(
      Words(before, after),
      StrCat("wider: ", name, " is now read-only for external-executor, was needs-approval\n"));
  before = after;
  task::ExecutorArgument more;
  more.name = "more";
  after.contract.executor->tools.back().arguments.push_back(more);
  EXPECT_EQ(Words(before, after),
            StrCat("wider: calls of ", name,
                   " by external-executor are checked in another way; read both\n"));
}

// Of each group one member at a time; a reviewer is told, and --fail-on-wider stops what may be
// more.
TEST(Permissions, WhoAnswersAndWhereItRunsIsNeverSilent) {
  using Edit = std::function<void(task::Profile*)>;
  const struct {
    const char* profile;
    Edit edit;
    std::string_view said;
  } kCases[] = {
      {"external-executor", [](auto* p) { p->contract.executor->server_name = "x.example.com"; },
       "wider: executor.server_name of external-executor is now x.example.com, was "
       "fo-executor.ameide.internal\n"},
      {"external-executor", [](auto* p) { p->contract.executor->server_ca.clear(); },
       "wider: executor.server_ca of external-executor is now none, was EXECUTOR_SERVER_CA\n"},
      {"external-executor", [](auto* p) { p->contract.executor->session_key = {"user"}; },
       "wider: executor.session_key of external-executor is now user, was devbox, branch\n"},
      {"code", [](auto* p) { p->deployment.devcontainer_dir = ".devcontainer"; },
       "neutral: devcontainer of code is now .devcontainer, was .devcontainer/coder\n"},
      {"code", [](auto* p) { p->contract.marker = "other"; },
       "neutral: the marker in repositories of code is now other, was code\n"},
      {"sre", [](auto* p) { std::swap(p->contract.repositories[0], p->contract.repositories[1]); },
       "neutral: the primary repository of sre is now https://github.com/ameideio/"
       "ameide-gitops.git, was https://github.com/ameideio/ameide.git\n"},
      {"code", [](auto* p) { p->human->ttl *= 2; },
       "wider: modes.human.ttl of code is now 16h, was 8h\n"},
      {"code", [](auto* p) { p->human->namespace_name = "people"; },
       "neutral: people's namespace of code is now people, was ameide-human-code\n"},
      {"code", [](auto* p) { p->human->service_account = "people"; },
       "neutral: people's ServiceAccount of code is now people, was workspace-human\n"},
  };
  for (const auto& c : kCases) {
    const task::Profile before = testing::Builtin(c.profile);
    task::Profile after = before;
    c.edit(&after);
    EXPECT_EQ(Words(before, after), c.said);
  }
}

TEST(Permissions, AProfileEqualsItself) {
  for (const task::Profile& profile : testing::BuiltinOnes())
    EXPECT_EQ(Words(profile, profile), "");
}

}  // namespace
}  // namespace ameide::generator
