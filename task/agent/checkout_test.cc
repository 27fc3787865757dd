#include "task/agent/checkout.h"

#include "base/strings.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "task/agent/ref_listing.h"
#include "task/agent/testing/task_fixture.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Shell;

class CheckoutTest : public testing::TaskFixture {
 protected:
  CheckoutTest() : scratch_(temp_.path() / "scratch"), into_(temp_.path() / "a clone" / "repo") {
    EXPECT_TRUE(MakeDirectories(scratch_).ok());
    EXPECT_TRUE(MakeDirectories(into_.parent_path()).ok());
  }
  Result<std::string> Try(std::string ref, CloneStrategy clone = CloneStrategy::kFull,
                          std::stop_token stop = {}) {
    spec_.repository.ref = std::move(ref);
    spec_.repository.clone = clone;
    EXPECT_TRUE(RemoveTree(into_).ok());
    Result<Git> git = Git::Open(options_.environment, scratch_, clock_, std::move(stop));
    EXPECT_TRUE(git.ok());
    return CheckOut(git->Until(clock_.Monotonic() + deadline_), spec_.repository, into_);
  }
  std::string Id(const std::string& what) { return Shell(origin_, "git rev-parse " + what); }

  fs::path scratch_;
  fs::path into_;
  Millis deadline_{120'000};
};

TEST_F(CheckoutTest, EveryKindOfRefGivesItsCommit) {
  Shell(origin_, "git update-ref refs/changes/1 feature; git tag -a -m t annotated v1");
  const struct {
    std::string ref;
    std::string commit;
    std::string branch;  // "" is detached
  } kCases[] = {{"", Id("main"), "main"},
                {"main", Id("main"), "main"},
                {"feature", Id("feature"), "feature"},
                {"v1", Id("v1"), ""},
                {"annotated", Id("v1"), ""},
                {"refs/heads/feature", Id("feature"), "feature"},
                {"refs/tags/v1", Id("v1"), ""},
                {"refs/changes/1", Id("feature"), ""},
                {Id("main~1"), Id("main~1"), ""}};
  for (const CloneStrategy clone :
       {CloneStrategy::kFull, CloneStrategy::kShallow, CloneStrategy::kBlobless}) {
    for (const auto& test : kCases) {
      const Result<std::string> commit = Try(test.ref, clone);
      ASSERT_TRUE(commit.ok()) << test.ref << commit.error().ToString();
      EXPECT_EQ(*commit, test.commit) << test.ref << " " << ToString(clone);
      EXPECT_EQ(Shell(into_, "git branch --show-current"), test.branch) << test.ref;
      EXPECT_EQ(Shell(into_, "git status --porcelain"), "") << test.ref;
    }
  }
}

TEST_F(CheckoutTest, StrategiesBringInWhatTheySay) {
  ASSERT_TRUE(Try("main", CloneStrategy::kFull).ok());
  EXPECT_EQ(Shell(into_, "git rev-list --count HEAD"), "2");
  EXPECT_EQ(Shell(into_, "git rev-parse origin/feature v1 | wc -l"), "2");
  ASSERT_TRUE(Try("main", CloneStrategy::kShallow).ok());
  EXPECT_EQ(Shell(into_, "git rev-list --count HEAD"), "1");
  spec_.repository.depth = 2;
  ASSERT_TRUE(Try("main", CloneStrategy::kShallow).ok());
  EXPECT_EQ(Shell(into_, "git rev-list --count HEAD"), "2");
  ASSERT_TRUE(Try("main", CloneStrategy::kBlobless).ok());
  EXPECT_EQ(Shell(into_, "git rev-list --count HEAD"), "2");
  // The first commit's a.txt was never checked out.
  EXPECT_NE(Shell(into_, "git rev-list --objects --all --missing=print | grep -c '^?' || true"),
            "0");
}

TEST_F(CheckoutTest, FileUrlsWorkAndNothingIsSharedWithTheOrigin) {
  spec_.repository.url = StrCat("file://", StrReplaceAll(origin_.string(), " ", "%20"));
  ASSERT_TRUE(Try("").ok());
  spec_.repository.url = origin_.string();
  ASSERT_TRUE(Try("").ok());
  EXPECT_EQ(Shell(into_, "find .git/objects -type f -links +1 | wc -l"), "0");
  EXPECT_FALSE(Exists(into_ / ".git/objects/info/alternates"));
}

TEST_F(CheckoutTest, OriginIsNotChangedAndCannotBePushedToByAccident) {
  const std::string before = Shell(origin_, "git for-each-ref; git status --porcelain");
  ASSERT_TRUE(Try("").ok());
  Shell(into_, "git checkout -q -b new; if git push -q origin new; then exit 1; fi");
  EXPECT_EQ(Shell(origin_, "git for-each-ref; git status --porcelain"), before);
}

TEST_F(CheckoutTest, HooksOfTheOriginAndTemplatesDoNotRun) {
  Shell(origin_,
        "printf '#!/bin/sh\\ntouch \"$0.ran\"\\n' > .git/hooks/post-checkout; "
        "chmod +x .git/hooks/post-checkout");
  ASSERT_TRUE(Try("").ok());
  EXPECT_FALSE(Exists(into_ / ".git/hooks"));
  EXPECT_FALSE(Exists(origin_ / ".git/hooks/post-checkout.ran"));
}

TEST_F(CheckoutTest, SubmodulesComeOnlyWhenAsked) {
  Shell(temp_.path(),
        "git init -q -b main inner; cd inner; echo in > in.txt; git add -A; "
        "git commit -q -m in");
  Shell(origin_, StrCat("git -c protocol.file.allow=always submodule --quiet add '",
                        (temp_.path() / "inner").string(), "' inner; git commit -q -m sub"));
  ASSERT_TRUE(Try("").ok());
  EXPECT_FALSE(Exists(into_ / "inner/in.txt"));
  spec_.repository.submodules = true;
  const Result<std::string> commit = Try("");
  ASSERT_TRUE(commit.ok()) << commit.error().ToString();
  EXPECT_TRUE(Exists(into_ / "inner/in.txt"));
}

TEST_F(CheckoutTest, HostileSubmodulesRunNothing) {
  const fs::path canary = temp_.path() / "canary";
  spec_.repository.submodules = true;
  for (const std::string& url :
       {StrCat("ext::touch ", canary.string()), StrCat("--upload-pack=touch ", canary.string()),
        StrCat("ssh://-oProxyCommand=touch%20", canary.string(), "/x")}) {
    const std::string modules = StrCat("[submodule \"a\"]\n\tpath = a\n\turl = \"", url,
                                       "\"\n\tupdate = !touch ", canary.string(), "\n");
    ASSERT_TRUE(WriteFileAtomically(origin_ / ".gitmodules", modules).ok());
    Shell(origin_, StrCat("git add .gitmodules; git update-index --add --cacheinfo 160000,",
                          std::string(40, '1'), ",a; git commit -q -m hostile"));
    ASSERT_TRUE(RemoveTree(into_).ok());
    EXPECT_FALSE(Try("").ok()) << url;
    EXPECT_FALSE(Exists(canary)) << url;
  }
}

TEST_F(CheckoutTest, FailuresSayWhatAndWhatToDo) {
  const fs::path canary = temp_.path() / "canary";
  Shell(temp_.path(), "git init -q empty");
  const std::string none(40, '1');
  const struct {
    std::string url;
    std::string ref;
    std::string cause;
    std::string hint;
  } kCases[] = {{"/no/such/folder", "", "does not appear to be a git repository", "repository.url"},
                {"https://127.0.0.1:1/x.git", "", "127.0.0.1", "the network"},
                {origin_.string(), "nowhere", "no branch, tag or ref 'nowhere'", "repository.ref"},
                {origin_.string(), "refs/heads/nowhere", "no branch, tag or ref", "repository.ref"},
                {origin_.string(), StrCat("--upload-pack=touch ", canary.string()),
                 "no branch, tag or ref", "repository.ref"},
                {StrCat("--upload-pack=touch ", canary.string()), "", "", "repository.url"},
                {StrCat("ext::touch ", canary.string()), "", "not allowed", "repository.url"},
                {origin_.string(), none, "", "pushed"},
                {(temp_.path() / "empty").string(), "", "no HEAD", "first commit"}};
  for (const auto& test : kCases) {
    spec_.repository.url = test.url;
    const Result<std::string> commit = Try(test.ref);
    ASSERT_FALSE(commit.ok()) << test.url << " " << test.ref;
    EXPECT_THAT(commit.error().cause, HasSubstr(test.cause)) << test.url;
    EXPECT_THAT(commit.error().hint, HasSubstr(test.hint)) << test.url;
    EXPECT_FALSE(Exists(canary)) << test.url << test.ref;
  }
}

TEST_F(CheckoutTest, RunsOutOfTimeAsATimeout) {
  deadline_ = Millis(0);
  const Result<std::string> commit = Try("");
  ASSERT_FALSE(commit.ok());
  EXPECT_EQ(commit.error().kind, ErrorKind::kTimeout);
}

TEST_F(CheckoutTest, StopIsACancellation) {
  std::stop_source stop;
  stop.request_stop();
  const Result<std::string> commit = Try("", CloneStrategy::kFull, stop.get_token());
  ASSERT_FALSE(commit.ok());
  EXPECT_EQ(commit.error().kind, ErrorKind::kCancelled);
}

TEST_F(CheckoutTest, UserInformationIsUsedButNotKept) {
  spec_.repository.url = "https://user:not-a-password@127.0.0.1:1/x.git";
  const Result<std::string> commit = Try("");
  ASSERT_FALSE(commit.ok());
  EXPECT_THAT(commit.error().ToString(), Not(HasSubstr("not-a-password")));
}

TEST(Git, WithoutSecretsOfRemovesThemWhereverTheyStand) {
  constexpr char kUrl[] = "https://user:pass-word@host/x.git";
  EXPECT_EQ(WithoutSecretsOf(kUrl, "fatal: unable to access 'https://user:pass-word@host/x.git/'"),
            "fatal: unable to access 'https://host/x.git/'");
  EXPECT_EQ(WithoutSecretsOf(kUrl, "for user:pass-word@other"), "for other");
  EXPECT_EQ(WithoutSecretsOf(kUrl, "key pass-word!"), "key …!");
  EXPECT_EQ(WithoutSecretsOf("https://host/x.git", "a@b"), "a@b");
}

TEST(ResolveRef, PrefersABranchAndWantsExactNames) {
  const std::string id(40, 'a');
  const RefListing listing = ParseRefListing(
      StrCat("ref: refs/heads/main\tHEAD\n", id, "\tHEAD\n", id, "\trefs/heads/x\n", id,
             "\trefs/tags/x\n", id, "\trefs/tags/y\n", id, "\trefs/tags/y^{}\nnoise\n"));
  EXPECT_EQ(ResolveRef("", listing), (ResolvedRef{"refs/heads/main", "main"}));
  EXPECT_EQ(ResolveRef("x", listing), (ResolvedRef{"refs/heads/x", "x"}));
  EXPECT_EQ(ResolveRef("y", listing), (ResolvedRef{"refs/tags/y", ""}));
  EXPECT_EQ(ResolveRef("z", listing), std::nullopt);
  EXPECT_EQ(ResolveRef("", ParseRefListing(StrCat(id, "\tHEAD\n"))), (ResolvedRef{"HEAD", ""}));
  EXPECT_EQ(ResolveRef("", ParseRefListing("")), std::nullopt);
  EXPECT_EQ(ResolveRef(id, ParseRefListing("")), (ResolvedRef{id, ""}));
}

}  // namespace
}  // namespace ameide::task
