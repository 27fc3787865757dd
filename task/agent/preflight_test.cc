#include "task/agent/preflight.h"

#include "base/json.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "task/agent/testing/task_fixture.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class PreflightTest : public testing::TaskFixture {
 protected:
  PreflightTest() : clone_(temp_.path() / "clone"), contract_(temp_.path() / "task.json") {
    Shell(origin_, StrCat("git clone -q . '", clone_.string(), "'"));
    EXPECT_TRUE(WriteFileAtomically(contract_, ToJson(profile_).DumpPretty()).ok());
    request_ = {.directory = clone_,
                .contract = contract_.string(),
                .scratch_parent = temp_.path(),
                .environment = options_.environment};
  }
  PreflightOutput Check() {
    const Result<PreflightOutput> output = Preflight(request_, clock_);
    EXPECT_TRUE(output.ok()) << (output.ok() ? "" : output.error().ToString());
    return output.ok() ? *output : PreflightOutput{};
  }
  std::string Refusal() {
    const Result<PreflightOutput> output = Preflight(request_, clock_);
    EXPECT_FALSE(output.ok());
    return output.ok() ? "" : output.error().ToString();
  }

  fs::path clone_;
  fs::path contract_;
  PreflightRequest request_;
};

TEST_F(PreflightTest, AllowedChangesPass) {
  Shell(clone_, "echo x > a.txt; git commit -q -am x; echo y > new");
  const PreflightOutput output = Check();
  EXPECT_FALSE(output.broken);
  EXPECT_THAT(output.text, HasSubstr("profile code: 2 changed files since "));
  EXPECT_THAT(output.text, HasSubstr(", no findings\n"));
}

TEST_F(PreflightTest, EveryKindOfChangeIsSeenFromASubfolder) {
  Shell(clone_,
        "mkdir secret; echo c > secret/committed; git add -A; git commit -q -m c; "
        "echo s > secret/staged; git add -A; echo u > secret/untracked");
  request_.directory = clone_ / "docs";
  const PreflightOutput output = Check();
  EXPECT_TRUE(output.broken);
  for (const char* part : {"path-denied  secret/committed\n", "path-denied  secret/staged\n",
                           "path-denied  secret/untracked\n", "  why    ", "  step 1 "}) {
    EXPECT_THAT(output.text, HasSubstr(part));
  }
  EXPECT_EQ(Shell(clone_, "git status --porcelain"), "A  secret/staged\n?? secret/untracked");
}

TEST_F(PreflightTest, WhatTheBaseBranchGotSinceIsNoneOfIt) {
  Shell(clone_,
        "git switch -q -c mine; echo x > new; git add -A; git commit -q -m x; "
        "git switch -q main; mkdir secret; echo x > secret/k; git add -A; "
        "git commit -q -m y; git switch -q mine");
  request_.base = "main";
  EXPECT_FALSE(Check().broken);
}

TEST_F(PreflightTest, BuiltInProfilesAndTheMarkerChooseTheRules) {
  Shell(clone_, "mkdir -p gitops; echo x > gitops/x");
  request_.contract = "";
  request_.profiles = {"code", "gitops"};
  EXPECT_THAT(Check().text, HasSubstr("profile gitops: "));
  request_.profiles = {};
  EXPECT_THAT(Refusal(), HasSubstr("--profile NAME or --contract FILE"));
  Shell(clone_,
        "mkdir .ameide; echo code > .ameide/agent-profile; "
        "echo /.ameide/agent-profile >> .git/info/exclude");
  const PreflightOutput output = Check();
  EXPECT_TRUE(output.broken);
  EXPECT_THAT(output.text, HasSubstr("profile code: 1 changed file since "));
}

TEST_F(PreflightTest, JsonAndSarifAreDocuments) {
  Shell(clone_, "mkdir secret; echo x > secret/k");
  request_.form = PreflightForm::kJson;
  const Result<Json> json = ParseJson(Check().text);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(*json->Find("changed_files"), Json::Strings({"secret/k"}));
  EXPECT_EQ(json->Find("profiles")->AsArray()->size(), 1u);
  request_.form = PreflightForm::kSarif;
  const Result<Json> sarif = ParseJson(Check().text);
  ASSERT_TRUE(sarif.ok());
  EXPECT_EQ(*sarif->Find("version"), Json("2.1.0"));
}

TEST_F(PreflightTest, BadQuestionsGetAnAnswer) {
  request_.base = "no-such-branch";
  EXPECT_THAT(Refusal(), HasSubstr("rev-parse"));
  request_.base = "--output=x";
  EXPECT_THAT(Refusal(), HasSubstr("rev-parse"));
  request_.base = "";
  request_.contract = "";
  request_.profiles = {"cobol"};
  EXPECT_THAT(Refusal(), HasSubstr("use one of code, "));
  request_.directory = temp_.path();
  EXPECT_THAT(Refusal(), HasSubstr("it is in no Git checkout"));
  Shell(clone_, "git worktree add -q ../linked");
  request_.directory = temp_.path() / "linked";
  EXPECT_THAT(Refusal(), HasSubstr("linked worktrees"));
}

}  // namespace
}  // namespace ameide::task
