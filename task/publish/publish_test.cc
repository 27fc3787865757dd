// The publisher as a process, against Git's own smart HTTP server on loopback.
#include "task/publish/publish.h"

#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "task/publish/testing/publish_fixture.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::PublishFixture;

TEST_F(PublishFixture, PushesOneCommitOfItsOwnAndOpensThePullRequest) {
  Work("echo two > src/a.txt; git add -A; git commit -q -m one; echo b > src/b.txt; git add -A");
  const Publication done = BundleAndPublish();
  ASSERT_EQ(done.failure, FailureClass::kNone) << done.reason;
  EXPECT_EQ(done.branch, "agent/fix");
  EXPECT_EQ(done.pr_url, "https://git.example/owner/repo/pull/7");
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix"), done.commit);
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix^"), base_) << "one commit on the base";
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix^{tree}"),
            Shell(checkout_, "git rev-parse HEAD^{tree}"));
  EXPECT_EQ(Shell(remote_, "git log -1 --format='%an <%ae>%n%B' agent/fix"),
            "Ameide Bot <bot@ameide.invalid>\nFix it\n\nBecause.\n\nAmeide-Work-Id: work-1\n"
            "Ameide-Run-Id: run-1");
  EXPECT_EQ(Shell(remote_, "git rev-parse main"), base_);
  const std::string calls = ReadFile(temp_.path() / "bin" / "gh.calls", 1u << 16).value();
  EXPECT_THAT(calls, HasSubstr(StrCat("pr create --repo ", spec_.repository.url,
                                      " --head agent/fix --base main --title Fix it")));
  EXPECT_THAT(calls, Not(HasSubstr(password_)));
  const std::string names = ReadFile(temp_.path() / "bin" / "gh.names", 1u << 16).value();
  EXPECT_THAT(names, HasSubstr("GH_TOKEN\n"));
}

TEST_F(PublishFixture, ASecondRunOfTheSameWorkReplacesItsBranch) {
  Work("echo two > src/a.txt; git add -A");
  const Publication first = BundleAndPublish();
  spec_.run_id = "run-2";
  const Publication second = Publish();
  EXPECT_EQ(second.failure, FailureClass::kNone) << second.reason;
  EXPECT_NE(second.commit, first.commit);
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix"), second.commit);
}

TEST_F(PublishFixture, SomebodyElsesBranchStays) {
  Shell(remote_, "git branch agent/fix main");
  Work("echo two > src/a.txt; git add -A");
  const Publication done = BundleAndPublish();
  EXPECT_EQ(done.failure, FailureClass::kPublishFailed);
  EXPECT_THAT(done.reason, HasSubstr("not of this work"));
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix"), base_);
}

TEST_F(PublishFixture, ABranchThatComesBetweenTheLookAndThePushStays) {
  const std::string git = Shell(temp_.path(), "command -v git");
  ASSERT_TRUE(WriteFileAtomically(
                  temp_.path() / "bin/git",
                  StrCat("#!/bin/sh\n[ \"$1\" != push ] || ", git, " -C '", remote_.string(),
                         "' update-ref refs/heads/agent/fix ", base_, "\nexec ", git, " \"$@\"\n"),
                  0700)
                  .ok());
  Work("echo two > src/a.txt; git add -A");
  EXPECT_EQ(BundleAndPublish().failure, FailureClass::kPublishFailed);
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix"), base_);
}

TEST_F(PublishFixture, WithoutAHostTheBranchAloneIsNoSuccess) {
  Work("echo two > src/a.txt; git add -A");
  Bundle();
  const Publication done = Publish({"--host", "none"});
  EXPECT_EQ(done.failure, FailureClass::kPublishFailed);
  EXPECT_EQ(done.pr_url, "");
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix"), done.commit);
  EXPECT_THAT(done.reason, HasSubstr("there is no pull request"));
}

TEST_F(PublishFixture, AHostThatOpensFromAPushIsAskedSo) {
  const std::string hook =
      "#!/bin/sh\necho \"$GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1 $GIT_PUSH_OPTION_2\" > options\n"
      "echo View: >&2\necho '  https://lab.example/o/r/-/merge_requests/3' >&2\n";
  ASSERT_TRUE(WriteFileAtomically(remote_ / "hooks" / "post-receive", hook, 0700).ok());
  Work("echo two > src/a.txt; git add -A");
  Bundle();
  const Publication done = Publish({"--host", "push-options"});
  EXPECT_EQ(done.failure, FailureClass::kNone) << done.reason;
  EXPECT_EQ(done.pr_url, "https://lab.example/o/r/-/merge_requests/3");
  EXPECT_EQ(ReadFile(remote_ / "options", 1000).value(),
            "merge_request.create merge_request.target=main merge_request.title=Fix it\n");
}

TEST_F(PublishFixture, AWrongPasswordIsSaidWithoutItsValue) {
  profile_.branch_prefix = "agent/";
  Work("echo two > src/a.txt; git add -A");
  Bundle();
  const fs::path file = temp_.path() / "credential";
  ASSERT_TRUE(WriteFileAtomically(file, "bot\nnot-the-password\n").ok());
  // The pipe is an option of its own; the file replaces it.
  SpawnOptions options;
  options.argv = {testing::kPublisher, "publish", "--credential-file", file.string()};
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"--spec", (temp_.path() / "spec.json").string()},
                                          {"--contract", (temp_.path() / "task.json").string()},
                                          {"--bundle", bundle_.string()},
                                          {"--base", base_},
                                          {"--result", (temp_.path() / "answer.json").string()},
                                          {"--work", (temp_.path() / "publish").string()}}) {
    options.argv.push_back(name);
    options.argv.push_back(value);
  }
  ASSERT_TRUE(WriteFileAtomically(temp_.path() / "spec.json", ToJson(spec_).Dump()).ok());
  ASSERT_TRUE(WriteFileAtomically(temp_.path() / "task.json", ToJson(profile_).Dump()).ok());
  options.environment = environment_;
  const auto ran = RunCommand(options, {.timeout = Millis(100'000)}, clock_);
  ASSERT_TRUE(ran.ok());
  EXPECT_EQ(ran->status.code, kExitPublishFailed) << ran->err;
  const std::string answer = ReadFile(temp_.path() / "answer.json", 1u << 16).value();
  EXPECT_THAT(answer, HasSubstr("uthentication failed"));
  EXPECT_THAT(answer, Not(HasSubstr("not-the-password")));
  EXPECT_FALSE(Exists(file)) << "the file is deleted at once";
  ExpectNothingPushed();
}

struct Forbidden {
  const char* name;
  const char* script;
  const char* rule;
};

class ForbiddenWork : public PublishFixture, public ::testing::WithParamInterface<Forbidden> {};

TEST_P(ForbiddenWork, NeverReachesTheRemoteAndItsRuleIsNamed) {
  Work(GetParam().script);
  const Publication done = BundleAndPublish();
  EXPECT_EQ(done.failure, FailureClass::kGuardrailViolation) << done.reason;
  ASSERT_FALSE(done.findings.empty()) << done.reason;
  EXPECT_EQ(done.findings[0].rule, GetParam().rule);
  ExpectNothingPushed();
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ForbiddenWork,
    ::testing::Values(
        Forbidden{"TouchesGitops", "echo x > gitops/app.yaml; git add -A", "path-denied"},
        Forbidden{"BumpsSubmodule",
                  "git update-index --cacheinfo "
                  "160000,2222222222222222222222222222222222222222,vendor/lib",
                  "gitlink-changed"},
        Forbidden{"RenamesOutOfAllowedFolder", "mkdir other; git mv src/a.txt other/a.txt",
                  "path-not-allowed"},
        Forbidden{"PlantsSymlink", "ln -s /etc/passwd src/link; git add src", "symlink-escapes"},
        Forbidden{"EditsAgentsMd", "echo mine > AGENTS.md; git add -A", "control-file"},
        Forbidden{"AddsWorkflow",
                  "mkdir -p .github/workflows; echo x > .github/workflows/x.yml; git add -A",
                  "control-file"},
        Forbidden{"HidesItInAnEarlierCommit",
                  "echo x > gitops/new.yaml; git add -A; git commit -q -m a; "
                  "echo b > src/b.txt; git add -A",
                  "path-denied"}),
    [](const auto& one) { return std::string(one.param.name); });

// What a task's own rules forbid stays forbidden, too.
TEST_F(PublishFixture, TheTasksNarrowerRulesCount) {
  spec_.guardrails.allow_paths = {"docs/**"};
  Work("echo two > src/a.txt; git add -A");
  EXPECT_EQ(BundleAndPublish().failure, FailureClass::kGuardrailViolation);
  ExpectNothingPushed();
}

struct Hostile {
  const char* name;
  const char* script;  // leaves $BUNDLE
  const char* reason;
};

class HostileBundle : public PublishFixture, public ::testing::WithParamInterface<Hostile> {};

TEST_P(HostileBundle, IsRefusedAndNothingIsPushed) {
  Shell(checkout_, StrCat("BUNDLE='", bundle_.string(), "'\nWORK=", kTakeoverRef,
                          "\nwork() { git update-ref $WORK \"$1\"; "
                          "git bundle create -q \"$BUNDLE\" $WORK ^$BASE; }\n",
                          GetParam().script));
  const Publication done = Publish();
  EXPECT_EQ(done.failure, FailureClass::kPublishFailed);
  EXPECT_THAT(done.reason, HasSubstr(GetParam().reason));
  ExpectNothingPushed();
}

constexpr char kDotGit[] = R"(blob=$(echo evil | git hash-object -w --stdin)
sub=$(printf '100644 blob %s\tconfig\n' $blob | git mktree)
tree=$( (git ls-tree HEAD; printf '040000 tree %s\t.git\n' $sub) | git mktree)
work $(git commit-tree -p $BASE -m x $tree))";
constexpr char kDotDot[] = R"(blob=$(echo evil | git hash-object -w --stdin)
tree=$( (git ls-tree HEAD; printf '100644 blob %s\t..\n' $blob) | git mktree)
work $(git commit-tree -p $BASE -m x $tree))";
constexpr char kSubmoduleUrl[] = R"(git config -f .gitmodules submodule.x.path x
git config -f .gitmodules submodule.x.url '-u./payload'
git add -A; git commit -q -m x; work HEAD)";

INSTANTIATE_TEST_SUITE_P(
    Cases, HostileBundle,
    ::testing::Values(
        Hostile{"TreeEntryDotGit", kDotGit, "its objects are not sound"},
        Hostile{"TreeEntryDotDot", kDotDot, "its objects are not sound"},
        Hostile{"SubmoduleUrl", kSubmoduleUrl, "its objects are not sound"},
        Hostile{"WrongBase",
                "git checkout -q --detach $BASE^; echo x > src/x; git add -A; git commit -q -m x; "
                "git update-ref $WORK HEAD; git bundle create -q \"$BUNDLE\" $WORK ^$BASE^",
                "it does not build on"},
        Hostile{"NoBase", "git update-ref $WORK HEAD; git bundle create -q \"$BUNDLE\" $WORK",
                "it does not build on"},
        Hostile{"ExtraRefs",
                "echo x > src/x; git add -A; git commit -q -m x; git branch other; git update-ref "
                "$WORK HEAD; git bundle create -q \"$BUNDLE\" $WORK other ^$BASE",
                "other refs"},
        Hostile{"OtherRef",
                "echo x > src/x; git add -A; git commit -q -m x; git branch other; "
                "git bundle create -q \"$BUNDLE\" other ^$BASE",
                "other refs"},
        Hostile{"Merge",
                "git checkout -q -b side; echo x > src/x; git add -A; git commit -q -m x; "
                "git checkout -q main; echo y > src/y; git add -A; git commit -q -m y; "
                "git merge -q -m m side; work HEAD",
                "is a merge"},
        Hostile{"NoChange", "work $(git commit-tree -p $BASE -m x $BASE^{tree})",
                "it changes nothing"},
        Hostile{"CutPack",
                "echo x > src/x; git add -A; git commit -q -m x; work HEAD; "
                "truncate -s -30 \"$BUNDLE\"",
                "its objects are not sound"},
        Hostile{"NoBundle", "echo nonsense > \"$BUNDLE\"", "does not start as one"},
        Hostile{"Link", "ln -s /etc/passwd \"$BUNDLE\"", "bundle"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_F(PublishFixture, ABaseOutsideTheBaseBranchIsRefused) {
  Shell(checkout_,
        "git checkout -q -b side; echo x > gitops/app.yaml; git commit -q -a -m side; "
        "git push -q ../remotes/repo.git side");
  refs_before_ = RemoteRefs();
  base_ = Shell(checkout_, "git rev-parse HEAD");
  Work("echo two > src/a.txt; git add -A");
  const Publication done = BundleAndPublish();
  EXPECT_EQ(done.failure, FailureClass::kPublishFailed);
  EXPECT_THAT(done.reason, HasSubstr("is no part of branch main"));
  ExpectNothingPushed();
}

TEST_F(PublishFixture, OnlyBranchesBelowThePrefixAreWritten) {
  Work("echo two > src/a.txt; git add -A");
  Bundle();
  for (const char* branch : {"main", "agent/", "fix", "agentx", "agent/../main"}) {
    spec_.pull_request->branch = branch;
    const Publication done = Publish();
    EXPECT_EQ(done.failure, FailureClass::kPublishFailed) << branch;
    ExpectNothingPushed();
  }
}

// A checkout, a home and an environment prepared against whoever runs Git there.
TEST_F(PublishFixture, NothingOfThePreparedWorkspaceRuns) {
  const std::string touch = StrCat("touch '", canary_.string(), "'");
  ASSERT_TRUE(
      WriteFileAtomically(temp_.path() / "evil", StrCat("#!/bin/sh\n", touch, "\n"), 0700).ok());
  Work("printf '*.txt filter=evil diff=evil\\n' > src/.gitkeep; echo two > src/a.txt; git add -A");
  Bundle();
  Shell(checkout_, R"(evil="$PWD/../evil"
for hook in pre-push post-checkout reference-transaction pre-auto-gc post-index-change; do
  cp "$evil" .git/hooks/$hook
done
{ printf '[core]\n\tfsmonitor = %s\n\thooksPath = %s/.git/hooks\n\taskPass = %s\n' "$evil" "$PWD" "$evil"
  printf '[filter "evil"]\n\tclean = %s\n\tsmudge = %s\n' "$evil" "$evil"
  printf '[diff "evil"]\n\ttextconv = %s\n\tcommand = %s\n' "$evil" "$evil"
  printf '[credential]\n\thelper = !%s\n[include]\n\tpath = %s/more\n' "$evil" "$PWD"
  printf '[remote "origin"]\n\turl = ext::%s\n' "$evil"; } >> .git/config
cp .git/config ../.gitconfig; printf '[gpg]\n\tprogram = %s\n[commit]\n\tgpgSign = true\n' "$evil" > more
printf '* filter=evil diff=evil\n' > .git/info/attributes)");
  const std::string evil = (temp_.path() / "evil").string();
  for (const char* name : {"GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PROXY_COMMAND", "GIT_PAGER",
                           "GIT_EDITOR", "EDITOR", "SSH_ASKPASS", "GIT_ASKPASS", "GIT_SSH"}) {
    environment_[name] = evil;
  }
  environment_["GIT_DIR"] = (checkout_ / ".git").string();
  environment_["GIT_CONFIG_GLOBAL"] = (checkout_ / ".git/config").string();
  environment_["GIT_TEMPLATE_DIR"] = (checkout_ / ".git").string();
  environment_["XDG_CONFIG_HOME"] = temp_.path().string();
  const Publication done = Publish();
  EXPECT_EQ(done.failure, FailureClass::kNone) << done.reason;
  EXPECT_FALSE(Exists(canary_));
}

// Reads what any process of the same user can: environments, command lines, files.
class Spy {
 public:
  Spy(std::string secret, fs::path files) : secret_(std::move(secret)), files_(std::move(files)) {}
  // One look at everything; which process was seen counts, so that a look proves something.
  void Look() {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
      const std::string pid = entry.path().filename().string();
      if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
      for (const char* file : {"environ", "cmdline"}) {
        const std::string text = Slurp(entry.path() / file);
        if (text.find("GIT_ASKPASS=") != std::string::npos) ++seen_;
        if (text.find(secret_) != std::string::npos) found_ = (entry.path() / file).string();
      }
    }
    for (fs::recursive_directory_iterator it(files_, ignored), end; it != end;
         it.increment(ignored)) {
      if (!it->is_regular_file(ignored)) continue;
      if (Slurp(it->path()).find(secret_) != std::string::npos) found_ = it->path().string();
    }
  }
  std::string found_;  // where the secret was
  int seen_ = 0;       // of Git's processes

 private:
  static std::string Slurp(const fs::path& path) {
    auto text = ReadFile(path, 64u << 20);
    return text.ok() ? *text : "";
  }
  std::string secret_;
  fs::path files_;
};

// The remote's hook holds the push, with every process that knows the credential alive, until the
// spy has looked at all of them.
TEST_F(PublishFixture, ASpyFindsTheCredentialInNoEnvironmentCommandLineOrFile) {
  const std::string hook = StrCat("#!/bin/sh\n: > '", (temp_.path() / "held").string(),
                                  "'\nn=0; while [ ! -e '", (temp_.path() / "looked").string(),
                                  "' ] && [ $n -lt 3000 ]; do sleep 0.01; n=$((n+1)); done\n");
  ASSERT_TRUE(WriteFileAtomically(remote_ / "hooks" / "pre-receive", hook, 0700).ok());
  Work("echo two > src/a.txt; git add -A");
  Bundle();
  Spy spy(password_, temp_.path());
  std::atomic<bool> over = false;
  std::thread watcher([&] {
    while (!over) {
      const bool held = Exists(temp_.path() / "held");
      spy.Look();
      if (held) (void)WriteFileAtomically(temp_.path() / "looked", "");
    }
  });
  const Publication done = Publish({"--host", "none"});
  over = true;
  watcher.join();
  EXPECT_NE(done.commit, "") << done.reason;
  EXPECT_TRUE(Exists(temp_.path() / "looked")) << "the spy never saw the push";
  EXPECT_GT(spy.seen_, 0);
  EXPECT_EQ(spy.found_, "");
}

}  // namespace
}  // namespace ameide::task
