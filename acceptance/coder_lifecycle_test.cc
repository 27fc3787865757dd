// The whole path with real Terraform over the simulated Coder server: apply, empty plan, destroy,
// and nothing left, for tasks that succeed, fail, run out of time, are interrupted or published.
#include <signal.h>

#include "acceptance/task_fixture.h"
#include "acceptance/testing/coder_fixture.h"
#include "acceptance/testing/jumping_clock.h"
#include "base/environment.h"
#include "base/strings.h"
#include "task/contract/run_log.h"
#include "task/evidence/offline_checks.h"
#include "task/launcher/backend.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kGh[] = R"(#!/bin/sh
[ "$2" = create ] && echo https://git.example/owner/repo/pull/7
exit 0
)";
constexpr char kGoodScript[] = R"(set -e
echo "hello from the task"
echo "and its other stream" >&2
echo two >> services/app.txt
printf '<testsuite name="s"><testcase name="a"/><testcase name="b"/></testsuite>' \
  > "$AMEIDE_EVIDENCE_DIR/unit.xml"
)";
constexpr Millis kBound{60'000};

class CoderTaskTest : public TaskTest {
 protected:
  CoderTaskTest() : world_(Options(), {AnyRepositoryProfile("code")}) {
    project_.SetEnvironment("CODER_URL", world_.server().origin());
    project_.SetEnvironment("CODER_SESSION_TOKEN", world_.server().token());
  }

  // The resource on the loopback Git server, with `sh -c script` and `more` lines.
  void WriteCoderTask(const std::string& script, const std::string& more = "",
                      const std::string& settings = "") {
    WriteFileAtomically(project_.folder() / "script.sh", script).value();
    project_.Write(
        StrCat("resource \"ameide_task\" \"t\" {\n  profile = \"code\"\n  repository = { url = \"",
               world_.RepositoryUrl(),
               "\" }\n  command = [\"sh\", \"-c\", file(\"${path.module}/script.sh\")]\n  ", more,
               "\n}\n"),
        StrCat("backend = \"coder\"\n  repositories = [\"*\"]\n  ", settings));
  }
  void ExpectAllGone() {
    EXPECT_THAT(world_.Complaints(), IsEmpty());
    ExpectNothingLeft();
  }
  // Waits until a workspace's script has said `word`.
  bool WaitForLogLine(const std::string& word) {
    const MonoTime deadline = clock_.Monotonic() + kBound;
    do {
      const bool said = world_.server().store().Read([&](const simulator::State& state, WallTime) {
        for (const simulator::Workspace& workspace : state.workspaces) {
          if (!workspace.Latest().agent) continue;
          for (const simulator::AgentLog& line : workspace.Latest().agent->logs) {
            if (line.output == word) return true;
          }
        }
        return false;
      });
      if (said) return true;
    } while (clock_.Monotonic() < deadline && clock_.WaitFor({}, Millis(50)));
    return false;
  }
  simulator::Options Options() {
    // `gh` is part of the publisher's image.
    const fs::path bin = bin_.path() / "bin";
    fs::permissions(bin_.path(), fs::perms::others_exec, fs::perm_options::add);
    MakeDirectories(bin).value();
    fs::permissions(bin, fs::perms::others_exec, fs::perm_options::add);
    WriteFileAtomically(bin / "gh", kGh, 0755).value();
    simulator::Options options;
    options.environment = ProcessEnvironment();
    options.environment["PATH"] = StrCat(bin.string(), ":", Get(options.environment, "PATH"));
    options.clock = &jumping_;
    return options;
  }

  ameide::testing::TempDir bin_;
  SystemClock clock_;
  JumpingClock jumping_;
  CoderWorld world_;
};

TEST_F(CoderTaskTest, AppliesThenPlansEmptyThenDestroysAndLeavesNothing) {
  WriteCoderTask(kGoodScript);
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  const Json state = project_.State();
  EXPECT_EQ(Text("outcome"), "success");
  EXPECT_EQ(*state.Find("workspace")->Find("gone"), Json(true));
  EXPECT_EQ(*state.Find("exit_code"), Json(0));
  EXPECT_EQ(*state.Find("artifact")->Find("changed_files"), Json::Strings({"services/app.txt"}));
  EXPECT_EQ(*state.Find("artifact")->Find("tests")->Find("passed"), Json(2));
  EXPECT_THAT(*state.Find("workspace")->Find("location")->AsString(),
              HasSubstr(StrCat(world_.server().origin(), "/@task-runner/")));
  EXPECT_THAT(apply.All(), Not(HasSubstr("Warning: Task left")));
  ExpectAllGone();  // before the destroy: the run itself removed everything

  const size_t workspaces = world_.server().workspaces().size();
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 0) << plan.All();
  const TerraformRun destroy = project_.Destroy();
  EXPECT_EQ(destroy.exit_code, 0) << destroy.All();
  EXPECT_TRUE(project_.State().is_null());
  EXPECT_EQ(world_.server().workspaces().size(), workspaces);
  ExpectAllGone();
}

TEST_F(CoderTaskTest, EvidenceIsAWholeBundleThatVerifiesOffline) {
  WriteCoderTask(kGoodScript);
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  const Json evidence = *project_.State().Find("evidence");
  const fs::path directory = *evidence.Find("directory")->AsString();
  const task::OfflineVerdict verdict = task::CheckBundle({directory, "", std::nullopt});
  for (const task::BundleCheck& check : verdict.checks) {
    EXPECT_NE(check.verdict, task::BundleCheck::Verdict::kFailed) << check.name << check.detail;
  }
  ASSERT_TRUE(verdict.bundle.has_value());
  EXPECT_EQ(Json(verdict.bundle->manifest_sha256), *evidence.Find("manifest_sha256"));
  const std::string log = EvidenceFile("run.log");
  EXPECT_THAT(log, HasSubstr(" stdout F hello from the task\n"));
  EXPECT_THAT(task::ReadableLog(log), HasSubstr("and its other stream\n"));
  EXPECT_THAT(EvidenceFile("diff.patch"), HasSubstr("+two"));
  EXPECT_THAT(EvidenceFile("junit/unit.xml"), HasSubstr("testcase"));
  EXPECT_THAT(EvidenceFile("facts.jsonl"), HasSubstr("io.ameide.agent.fact.work.completed.v1"));
  EXPECT_THAT(EvidenceFile("report.html"), HasSubstr("<!doctype html"));
  // The cluster's secrets are in no file that came back.
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(ReadFile(entry.path(), 64u << 20).value(), Not(HasSubstr("fake-"))) << entry.path();
  }
}

TEST_F(CoderTaskTest, AFailingCommandIsARecordedResult) {
  WriteCoderTask("echo broken >&2; exit 3");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "failure");
  EXPECT_EQ(Text("failure"), "command_failed");
  EXPECT_EQ(*project_.State().Find("exit_code"), Json(3));
  EXPECT_THAT(EvidenceFile("junit/ameide.xml"), HasSubstr("<failure"));
  EXPECT_EQ(project_.Plan().exit_code, 0);
  ExpectAllGone();
}

TEST_F(CoderTaskTest, OnFailureErrorFailsTheApplyAndKeepsTheEvidence) {
  WriteCoderTask("echo the reason is on this line >&2; exit 3", "on_failure = \"error\"");
  const TerraformRun apply = project_.Apply();
  EXPECT_EQ(apply.exit_code, 1);
  EXPECT_THAT(apply.err, HasSubstr("Task ended with outcome failure"));
  EXPECT_THAT(apply.err, HasSubstr("the reason is on this line"));
  EXPECT_TRUE(project_.StateIsTainted());
  EXPECT_THAT(EvidenceFile("run.log"), HasSubstr("the reason is on this line"));
  ExpectAllGone();
}

TEST_F(CoderTaskTest, ADeniedPathIsAGuardrailViolation) {
  WriteCoderTask("echo 'replicas: 9' > gitops/values.yaml");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("failure"), "guardrail_violation");
  EXPECT_EQ(*project_.State().Find("findings")->AsArray()->at(0).Find("path"),
            Json("gitops/values.yaml"));
  ExpectAllGone();
}

TEST_F(CoderTaskTest, APhasesClockEndsTheCommand) {
  WriteCoderTask("trap '' TERM; (trap '' TERM; setsid sleep 600 &) ; sleep 600",
                 "timeouts = { edit = \"3s\" }");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "timeout");
  EXPECT_THAT(EvidenceFile("result.json"), HasSubstr("timed_out"));
  ExpectAllGone();
}

// The pod's own deadline, by Coder's clock: the agent program had no chance to write evidence.
TEST_F(CoderTaskTest, TheTtlEndsThePodAndTheRecordSaysSo) {
  WriteCoderTask("echo begun; sleep 600", "ttl = \"5m\"");
  Subprocess terraform = project_.Start({"apply", "-auto-approve", "-input=false"});
  ASSERT_TRUE(WaitForLogLine("begun"));
  jumping_.Jump(Millis(6 * 60'000));
  EXPECT_EQ(terraform.Wait().ShellCode(), 0)
      << ReadFile(project_.folder() / "run.out", 1 << 20).value();
  EXPECT_EQ(Text("outcome"), "timeout");
  const Json evidence = *project_.State().Find("evidence");
  EXPECT_TRUE(task::VerifyBundle(*evidence.Find("directory")->AsString()).ok());
  EXPECT_THAT(EvidenceFile("run.log"), HasSubstr("begun"));
  EXPECT_THAT(EvidenceFile("run.log"), HasSubstr("what Coder kept of it"));
  ExpectAllGone();
}

TEST_F(CoderTaskTest, AnInterruptCancelsTheTaskAndBringsItsEvidence) {
  WriteCoderTask("echo begun; sleep 600");
  Subprocess terraform = project_.Start({"apply", "-auto-approve", "-input=false"});
  ASSERT_TRUE(WaitForLogLine("begun"));
  terraform.SignalGroup(SIGINT);
  EXPECT_EQ(terraform.Wait().ShellCode(), 1);
  EXPECT_TRUE(project_.StateIsTainted());
  EXPECT_EQ(Text("outcome"), "cancellation");
  EXPECT_THAT(EvidenceFile("result.json"), HasSubstr("cancel"));
  EXPECT_THAT(EvidenceFile("run.log"), HasSubstr("begun"));
  ExpectAllGone();
}

TEST_F(CoderTaskTest, ImportsByWorkIdAndTheSameWorkIdNeverRunsTwice) {
  WriteCoderTask(kGoodScript, "work_id = \"only-once\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  const Json before = project_.State();
  ASSERT_EQ(project_.Run({"state", "rm", "ameide_task.t"}).exit_code, 0);
  const TerraformRun import = project_.Run({"import", "ameide_task.t", "only-once"});
  ASSERT_EQ(import.exit_code, 0) << import.All();
  for (const char* name : {"id", "run_id", "outcome", "exit_code", "artifact", "workspace",
                           "evidence", "command", "repository", "profile", "kind", "ttl"}) {
    EXPECT_EQ(project_.State().Find(name)->Dump(), before.Find(name)->Dump()) << name;
  }
  EXPECT_EQ(project_.Plan().exit_code, 0);
  ASSERT_EQ(project_.Run({"state", "rm", "ameide_task.t"}).exit_code, 0);
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(Text("run_id"), *before.Find("run_id")->AsString());
  EXPECT_EQ(world_.server().workspaces().size(), 1u);
  ExpectAllGone();
}

TEST_F(CoderTaskTest, ARetainedWorkspaceStaysUntilDestroy) {
  WriteCoderTask("true", "retain = \"until_destroy\"");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(*project_.State().Find("workspace")->Find("gone"), Json(false));
  ASSERT_EQ(world_.server().workspaces().size(), 1u);
  EXPECT_EQ(world_.server().workspaces()[0].status, "running");
  EXPECT_EQ(project_.Plan().exit_code, 0);
  const TerraformRun destroy = project_.Destroy();
  EXPECT_EQ(destroy.exit_code, 0) << destroy.All();
  ExpectAllGone();
}

TEST_F(CoderTaskTest, APatchRunOpensItsPullRequestFromBesideTheTask) {
  WriteCoderTask("echo two > services/app.txt; env > \"$AMEIDE_EVIDENCE_DIR/env.txt\"",
                 "kind = \"patch\"\n  pull_request = { branch = \"agent/fix\", title = \"Fix\" }");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "success") << Text("reason");
  EXPECT_EQ(*project_.State().Find("artifact")->Find("pr_url"),
            Json("https://git.example/owner/repo/pull/7"));
  EXPECT_GT(world_.git().pushes(), 0);
  EXPECT_TRUE(Exists(world_.remote() / "refs/heads/agent/fix"));
  EXPECT_THAT(EvidenceFile("publication.json"), HasSubstr("agent/fix"));
  const fs::path directory = *project_.State().Find("evidence")->Find("directory")->AsString();
  EXPECT_FALSE(task::CheckBundle({directory, "", std::nullopt}).failed());
  for (const std::string& text : {project_.StateText(), apply.All()}) {
    EXPECT_THAT(text, Not(HasSubstr("fake-push-token")));
  }
  EXPECT_EQ(project_.Plan().exit_code, 0);
  ExpectAllGone();
}

TEST_F(CoderTaskTest, AForbiddenPatchNeverReachesTheRemote) {
  WriteCoderTask("echo x >> gitops/values.yaml",
                 "kind = \"patch\"\n  pull_request = { branch = \"agent/fix\", title = \"Fix\" }");
  project_.Apply();
  EXPECT_EQ(Text("failure"), "guardrail_violation");
  EXPECT_EQ(world_.git().pushes(), 0);
  ExpectAllGone();
}

struct Refusal {
  const char* name;
  std::map<std::string, std::string> environment;
  const char* settings;
  std::vector<const char*> words;
};

TEST_F(CoderTaskTest, WhatTheProviderCannotUseIsToldWithItsNameAndWithoutTheToken) {
  const std::string bad = StrCat("bad-", world_.server().token());
  const Refusal kCases[] = {
      {"unreachable", {{"CODER_URL", "http://127.0.0.1:9"}}, "", {"127.0.0.1:9"}},
      {"a bad token", {{"CODER_SESSION_TOKEN", bad}}, "", {"401", "make another one"}},
      {"no token", {{"CODER_SESSION_TOKEN", ""}}, "", {"there is no session token", "coder = {"}},
      {"no url", {}, "coder = { url = \"coder.example\" }", {"https://", "coder = {"}},
      {"plain http",
       {},
       "coder = { url = \"http://coder.example\" }",
       {"plain http would show the session token", "coder = {"}},
      {"another organization",
       {{"CODER_ORGANIZATION", "elsewhere"}},
       "",
       {"organization elsewhere", "ameide-templates push"}},
  };
  for (const Refusal& c : kCases) {
    SCOPED_TRACE(c.name);
    project_.SetEnvironment("CODER_URL", world_.server().origin());
    project_.SetEnvironment("CODER_SESSION_TOKEN", world_.server().token());
    project_.SetEnvironment("CODER_ORGANIZATION", "");
    for (const auto& [name, value] : c.environment) project_.SetEnvironment(name, value);
    std::string settings = c.settings;
    if (settings.empty()) settings = "coder = {}";
    WriteCoderTask("true", "", settings);
    const TerraformRun apply = project_.Apply();
    EXPECT_EQ(apply.exit_code, 1) << apply.All();
    for (const char* word : c.words) EXPECT_THAT(apply.err, HasSubstr(word));
    EXPECT_THAT(apply.All(), Not(HasSubstr(world_.server().token())));
    EXPECT_THAT(project_.StateText(), Not(HasSubstr(world_.server().token())));
  }
  EXPECT_THAT(world_.server().workspaces(), IsEmpty());
}

}  // namespace
}  // namespace ameide::acceptance
