// A task that ends as a pull request, with real Terraform: the code profile's patch run against
// Git's own smart HTTP server, with the push credential in the provider's secrets_dir.
#include "acceptance/task_fixture.h"
#include "base/digest.h"
#include "base/environment.h"
#include "base/strings.h"
#include "task/publish/testing/git_http_server.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

constexpr char kGh[] = R"(#!/bin/sh
[ "$2" = create ] && echo https://git.example/owner/repo/pull/7
exit 0
)";

class PublishTest : public TaskTest {
 protected:
  PublishTest()
      : password_(StrCat("pw-", RandomHex(16))),
        server_(project_.folder() / "remotes", "x-access-token", password_) {
    const fs::path remote = project_.folder() / "remotes" / "repo.git";
    repository_.Git({"clone", "-q", "--bare", ".", remote.string()});
    repository_.Git({"-C", remote.string(), "config", "http.receivepack", "true"});
    Put("bin/gh", kGh, 0700);
    Put("secrets/gh-push/token", password_, 0600);
    project_.SetEnvironment("PATH", StrCat((project_.folder() / "bin").string(), ":",
                                           Get(ProcessEnvironment(), "PATH")));
  }
  void Put(const std::string& file, const std::string& text, unsigned mode) {
    MakeDirectories((project_.folder() / file).parent_path()).value();
    WriteFileAtomically(project_.folder() / file, text, mode).value();
  }
  void WritePatch(const std::string& script) {
    project_.Write(StrCat("resource \"ameide_task\" \"t\" {\n  profile = \"code\"\n"
                          "  kind = \"patch\"\n  repository = { url = \"",
                          server_.Url("repo.git"), "\" }\n  command = [\"sh\", \"-c\", \"", script,
                          "\"]\n  secrets = { PUSH_TOKEN = { secret = \"gh-push\", key = "
                          "\"token\" } }\n  pull_request = { branch = \"agent/fix\", title = "
                          "\"Fix\" }\n}\n"),
                   "repositories = [\"*\"]\n  secrets_dir = \"secrets\"");
  }
  std::string Refs() {
    std::string names;
    const fs::path heads = project_.folder() / "remotes/repo.git/refs/heads";
    for (const auto& entry : fs::recursive_directory_iterator(heads)) {
      if (entry.is_regular_file()) names += fs::relative(entry.path(), heads).string() + "\n";
    }
    return names;
  }
  std::string password_;
  task::testing::GitHttpServer server_;
};

TEST_F(PublishTest, APatchRunOpensItsPullRequest) {
  WritePatch("echo two > services/app.txt");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_EQ(Text("outcome"), "success");
  const Json state = project_.State();
  ASSERT_NE(state.Find("artifact"), nullptr);
  EXPECT_EQ(*state.Find("artifact")->Find("pr_url"), Json("https://git.example/owner/repo/pull/7"));
  EXPECT_THAT(Refs(), HasSubstr("agent/fix\n"));
  EXPECT_EQ(project_.StateText().find(password_), std::string::npos);
  EXPECT_EQ(apply.All().find(password_), std::string::npos);
  EXPECT_EQ(project_.Plan().exit_code, 0);
  EXPECT_EQ(project_.Destroy().exit_code, 0);
  ExpectNothingLeft();
}

TEST_F(PublishTest, AForbiddenPatchNeverReachesTheRemote) {
  WritePatch("echo x >> gitops/values.yaml");
  project_.Apply();
  EXPECT_EQ(Text("outcome"), "failure");
  EXPECT_THAT(EvidenceFile("result.json"), HasSubstr("gitops/values.yaml"));
  EXPECT_EQ(server_.pushes(), 0);
  EXPECT_EQ(project_.Destroy().exit_code, 0);
}

}  // namespace
}  // namespace ameide::acceptance
