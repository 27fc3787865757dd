#include "task/agent/changes.h"

#include "base/strings.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "task/agent/testing/task_fixture.h"
#include "task/agent/tree_entries.h"
#include "task/agent/untrusted_checkout.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Shell;
using ::testing::UnorderedElementsAre;

class ChangesTest : public testing::TaskFixture {
 protected:
  // The command runs with an identity for Git, as agents have one.
  void After(const std::string& script) {
    spec_.environment = {{"EMAIL", "test@example.invalid"}};
    code_ = RunScript(StrCat("set -e\nc() { git -c user.name=T -c user.email=t@example.invalid ",
                             "commit -q \"$@\"; }\n", script));
  }
  std::vector<std::string> Changed() { return Outcome().artifact.changed_files; }
  int code_ = -1;
};

TEST_F(ChangesTest, CountCommittedStagedUnstagedAndUntracked) {
  After(
      "echo c > committed; git add committed; c -m c; echo s > staged; git add staged; "
      "echo u > a.txt; echo n > new; rm docs/readme.md; chmod -x sub/tool.sh; git add sub");
  EXPECT_EQ(code_, 0);
  EXPECT_THAT(Changed(),
              ElementsAre("a.txt", "committed", "docs/readme.md", "new", "staged", "sub/tool.sh"));
  const std::string patch = FileInBundle(kDiffFile);
  for (const char* part : {"+c\n", "+s\n", "+u\n", "+n\n", "deleted file mode 100644",
                           "old mode 100755\nnew mode 100644"}) {
    EXPECT_THAT(patch, HasSubstr(part));
  }
}

TEST_F(ChangesTest, PatchAppliesToTheBase) {
  After("head -c 5000 /dev/urandom > binary; ln -s a.txt link; git mv docs/readme.md moved.md");
  Shell(origin_, StrCat("git apply --index '", (options_.evidence / kDiffFile).string(), "'"));
  EXPECT_EQ(Shell(origin_, "git ls-files | tr '\\n' ' '"),
            ".gitignore a.txt binary link moved.md sub/tool.sh ");
  EXPECT_EQ(Shell(origin_, "cmp binary '" + (options_.workspace / "repo/binary").string() + "'"),
            "");
}

TEST_F(ChangesTest, IgnoredFilesAreNoneUnlessTracked) {
  After(
      "mkdir build; echo o > build/out; echo l > x.log; echo f > forced.log; "
      "git add -f forced.log; c -m f");
  EXPECT_THAT(Changed(), ElementsAre("forced.log"));
  EXPECT_THAT(FileInBundle(kDiffFile), HasSubstr("+f\n"));
}

TEST_F(ChangesTest, CommitThatTheWorkingTreeHidesStillCounts) {
  After("mkdir secret; echo x > secret/key; git add -A; c -m x; rm -r secret");
  EXPECT_EQ(code_, kExitGuardrailViolation);
  EXPECT_THAT(RulesFound(), ElementsAre("path-denied secret/key"));
}

TEST_F(ChangesTest, StagedChangeThatTheWorkingTreeHidesStillCounts) {
  After("mkdir secret; echo x > secret/key; git add -A; rm -r secret");
  EXPECT_THAT(RulesFound(), ElementsAre("path-denied secret/key"));
}

TEST_F(ChangesTest, TricksOfTheCheckoutDoNotHideAChange) {
  Shell(origin_, "mkdir secret; echo old > secret/key; git add -A; git commit -q -m secret");
  const char* const kTricks[] = {
      "echo x > secret/key; git update-index --assume-unchanged secret/key",
      "git update-index --skip-worktree secret/key; echo x > secret/key",
      "echo x > secret/new; echo 'secret/' > .git/info/exclude",
      "echo x > secret/new; echo 'secret/' > ../i; git config core.excludesFile ../i",
      "chmod +x secret/key; git config core.fileMode false",
      "echo x > secret/key; git commit -q -a -m x; git replace HEAD HEAD~1",
      "echo x > secret/key; git commit -q -a -m x; git update-ref refs/remotes/origin/main HEAD",
      "echo x > secret/key; rm -rf .git; git init -q; git add -A; c -m all",
      "echo x > secret/key; rm -rf .git",
      "echo x > secret/key; git config core.worktree /tmp",
      "echo x > secret/key; git config core.bare true",
      "echo x > secret/key; echo '[broken' > .git/config",
      "echo x > secret/key; echo junk > .git/index",
      "git mv secret/key public.txt; c -m moved"};
  int number = 0;
  for (const std::string trick : kTricks) {
    SCOPED_TRACE(trick);
    options_.workspace = temp_.path() / StrCat("workspace-", ++number);
    options_.evidence = temp_.path() / StrCat("evidence-", number);
    After(StrCat("export GIT_AUTHOR_NAME=T GIT_COMMITTER_NAME=T\n", trick));
    EXPECT_EQ(code_, kExitGuardrailViolation);
    EXPECT_THAT(RulesFound(), ::testing::Contains(HasSubstr("path-denied secret/")));
  }
}

TEST_F(ChangesTest, HostileConfigurationRunsNothing) {
  const fs::path canary = temp_.path() / "canary";
  const fs::path evil = temp_.path() / "evil.sh";
  ASSERT_TRUE(WriteFileAtomically(
                  evil, StrCat("#!/bin/sh\necho \"$0 $*\" >> '", canary.string(), "'\ncat\n"), 0755)
                  .ok());
  const std::string program = StrCat("'", evil.string(), "'");
  // Set by editing the file last, so that the command's own git calls run nothing either.
  After(StrCat(
      "echo '* filter=evil diff=evil' > .gitattributes; echo x > new.txt; echo y >> a.txt\n",
      "git init -q nested; (cd nested; echo n > n; git add n; c -m n; "
      "git config core.fsmonitor ",
      program, ")\n",
      "mkdir -p .git/hooks .git/info; for h in post-index-change pre-commit post-checkout; do cp ",
      program, " .git/hooks/$h; done; echo '* filter=evil diff=evil' > .git/info/attributes\n",
      "cat >> .git/config <<'END'\n[core]\n fsmonitor = ", evil.string(),
      "\n pager = ", evil.string(), "\n sshCommand = ", evil.string(),
      "\n[filter \"evil\"]\n clean = ", evil.string(), "\n smudge = ", evil.string(),
      "\n process = ", evil.string(), "\n required = true\n[diff]\n external = ", evil.string(),
      "\n[diff \"evil\"]\n textconv = ", evil.string(), "\n command = ", evil.string(), "\nEND\n"));
  EXPECT_FALSE(Exists(canary)) << *ReadFile(canary, 10'000);
  EXPECT_THAT(Changed(), ElementsAre(".gitattributes", "a.txt", "nested", "new.txt"));
  EXPECT_THAT(RulesFound(), ElementsAre("control-file .gitattributes", "gitlink-changed nested"));
  // The trap was armed: Git with the checkout's own configuration springs it.
  Shell(options_.workspace / "repo", "git add -A 2>&1 || true");
  EXPECT_TRUE(Exists(canary));
}

TEST_F(ChangesTest, SubmodulesAreLookedAtWithoutTheirConfiguration) {
  const fs::path canary = temp_.path() / "canary";
  const fs::path evil = temp_.path() / "evil.sh";
  ASSERT_TRUE(
      WriteFileAtomically(evil, StrCat("#!/bin/sh\ntouch '", canary.string(), "'\ncat\n"), 0755)
          .ok());
  Shell(temp_.path(),
        "git init -q -b main inner; cd inner; echo in > in.txt; git add -A; "
        "git commit -q -m in");
  Shell(origin_, StrCat("git -c protocol.file.allow=always submodule --quiet add '",
                        (temp_.path() / "inner").string(), "' inner; git commit -q -m sub"));
  spec_.repository.submodules = true;
  After(StrCat("cd inner; echo '* filter=evil' > .gitattributes; touch in.txt\n",
               "git config core.fsmonitor '", evil.string(), "'; git config filter.evil.clean '",
               evil.string(), "'"));
  EXPECT_EQ(code_, 0);
  EXPECT_FALSE(Exists(canary));
  EXPECT_THAT(Changed(), IsEmpty());
  Shell(options_.workspace / "repo", "git status 2>&1 || true");
  EXPECT_TRUE(Exists(canary)) << "the trap was not armed";
}

TEST_F(ChangesTest, SubmoduleThatIsNotBroughtInIsNoChange) {
  Shell(origin_, StrCat("git update-index --add --cacheinfo 160000,", std::string(40, '1'),
                        ",inner; git commit -q -m sub"));
  After("test -d inner");
  EXPECT_EQ(code_, 0);
  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(ChangesTest, GitlinkIsFoundByItsModeInWhateverWayItMoves) {
  Shell(origin_, StrCat("git update-index --add --cacheinfo 160000,", std::string(40, '1'),
                        ",inner; git commit -q -m sub"));
  const std::string bump =
      StrCat("git update-index --cacheinfo 160000,", std::string(40, '2'), ",inner");
  const std::string kWays[] = {bump, StrCat(bump, "; c -m bump"), "rmdir inner",
                               "echo file > inner/file",
                               "cd inner; git init -q; echo x > x; git add x; c -m x"};
  int number = 0;
  for (const std::string& way : kWays) {
    SCOPED_TRACE(way);
    options_.workspace = temp_.path() / StrCat("workspace-", ++number);
    options_.evidence = temp_.path() / StrCat("evidence-", number);
    After(way);
    EXPECT_THAT(RulesFound(), ::testing::Contains("gitlink-changed inner"));
  }
}

TEST_F(ChangesTest, SymlinksAreJudgedByTheirTarget) {
  After(
      "ln -s ../../outside out; ln -s a.txt inside; ln -s /etc/passwd abs; git add -A; c -m l; "
      "rm abs");
  EXPECT_THAT(RulesFound(), UnorderedElementsAre("symlink-escapes abs", "symlink-escapes out"));
}

TEST_F(ChangesTest, RenameOutOfAnAllowedFolderCountsOnBothSides) {
  profile_.guardrails.allow_paths = {"docs/**"};
  After("git mv docs/readme.md top.md; c -m move");
  EXPECT_THAT(RulesFound(), ElementsAre("path-not-allowed top.md"));
  EXPECT_THAT(Changed(), ElementsAre("docs/readme.md", "top.md"));
}

TEST_F(ChangesTest, OddNamesAreTakenAsTheyAre) {
  After(
      "printf x > 'a b\tc'; printf x > \"$(printf 'n\\nl')\"; printf x > 'back\\slash'; "
      "printf x > \"$(printf 'bad\\377')\"; printf x > :colon; printf x > -dash");
  EXPECT_EQ(Changed().size(), 6u);
  EXPECT_EQ(RulesFound().size(), 1u);  // the backslash
}

TEST_F(ChangesTest, WhatCannotBeReadIsToldAndTheRestIsTaken) {
  After("git init -q unborn; echo x > unborn/x; mkfifo pipe; echo y > y");
  EXPECT_EQ(code_, 0);
  EXPECT_THAT(Changed(), ElementsAre("y"));
  ASSERT_FALSE(Outcome().artifact.risks.empty());
  EXPECT_THAT(Outcome().artifact.risks[0], HasSubstr("unborn"));
}

// Git opens these without a look and would wait until its clock ran out.
TEST_F(ChangesTest, PipesThatGitWouldWaitForAreRefusedAtOnce) {
  int number = 0;
  for (const char* trap :
       {"rm .gitignore; mkfifo .gitignore", "mkfifo docs/.gitattributes",
        "rm .git/index; mkfifo .git/index", "mkfifo pipe; ln -sf ../pipe .git/index",
        "git init -q in; rm in/.git/HEAD; mkfifo in/.git/HEAD", "ln -sf /dev/tty .git/index"}) {
    SCOPED_TRACE(trap);
    options_.workspace = temp_.path() / StrCat("workspace-", ++number);
    options_.evidence = temp_.path() / StrCat("evidence-", number);
    After(trap);
    EXPECT_EQ(code_, kExitGuardrailViolation);
    EXPECT_THAT(RulesFound(), ElementsAre("changes-unreadable ."));
    EXPECT_THAT(Outcome().reason, HasSubstr("is a pipe or a device"));
  }
}

TEST_F(ChangesTest, LeaveTheCheckoutAsTheCommandLeftIt) {
  After(
      "echo s > staged; git add staged; echo n > new; "
      "(git status --porcelain; cat .git/config; sha256sum .git/index; ls -a .git) > ../before");
  const fs::path repo = options_.workspace / "repo";
  EXPECT_EQ(Shell(repo,
                  "(git status --porcelain; cat .git/config; sha256sum .git/index; ls -a .git)"
                  " | diff - ../before && echo same"),
            "same");
}

TEST_F(ChangesTest, AChangeWithoutAPatchIsToldAndIsNoSuccess) {
  After("echo x > a.txt; rm -rf .git/objects/*; mkdir .git/objects/info");
  EXPECT_EQ(code_, kExitGuardrailViolation);
  EXPECT_THAT(RulesFound(), ElementsAre("changes-unreadable ."));
  EXPECT_THAT(Changed(), ElementsAre("a.txt"));
  EXPECT_FALSE(InBundle(kDiffFile));
  EXPECT_THAT(Bundle().manifest.omissions, Not(IsEmpty()));
}

// The patch on the base commit, and the bundle, are exactly what the command left.
TEST_F(ChangesTest, PatchAndBundleGiveTheWorkingTreeExactly) {
  Shell(origin_,
        "printf 'a\\r\\nb\\r\\n' > crlf; : > empty; head -c 9000 /dev/urandom > binary; "
        "ln -s a.txt link; echo f > becomes-link; ln -s a.txt becomes-file; mkdir becomes; "
        "echo d > becomes/inner; printf 'no newline' > ragged; git add -A; git commit -q -m more");
  for (const CloneStrategy clone :
       {CloneStrategy::kFull, CloneStrategy::kShallow, CloneStrategy::kBlobless}) {
    const std::string name(ToString(clone));
    options_.workspace = temp_.path() / name;
    options_.evidence = temp_.path() / StrCat(name, "-evidence");
    spec_.repository.clone = clone;
    After(
        "printf 'a\\r\\nc\\r\\n' > crlf; rm empty; : > new-empty; "
        "head -c 9000 /dev/urandom > binary; head -c 70000 /dev/urandom > new-binary; "
        "ln -sfn docs link; rm becomes-link; ln -s a.txt becomes-link; rm becomes-file; "
        "echo f > becomes-file; rm -r becomes; echo f > becomes; printf 'no newlin' > ragged; "
        "chmod -x sub/tool.sh; chmod +x a.txt; git mv docs/readme.md 'sp ace'; "
        "echo q > 'quo\"te'; echo n > 'new\nline'; echo t > \"$(printf 'tab\\tbed')\"; "
        "echo u > \"$(printf '\\303\\244\\377')\"; echo d > ./-rf; "
        "mkdir -p deep/er; cp new-binary deep/er/copy; exit 1");
    const std::string tree =
        Shell(options_.workspace / "repo", "rm -r .codex; git add -A; git write-tree");
    const fs::path again = temp_.path() / StrCat(name, "-again");
    Shell(origin_, StrCat("git clone -q . '", again.string(), "'"));
    Shell(again, StrCat("git apply --index '", (options_.evidence / kDiffFile).string(), "'"));
    EXPECT_EQ(Shell(again, "git write-tree"), tree) << name;
    Shell(again, StrCat("git fetch -q '", (options_.evidence / kWorkBundleFile).string(),
                        "' refs/heads/ameide-takeover"));
    EXPECT_EQ(Shell(again, "git rev-parse FETCH_HEAD^{tree}"), tree) << name;
    EXPECT_EQ(Shell(again, "git fsck --strict FETCH_HEAD 2>&1 | grep -c error || true"), "0");
  }
}

TEST_F(ChangesTest, RulesOnContentSeeThePatch) {
  profile_.guardrails.allow_binary = false;
  profile_.guardrails.max_file_bytes = 1000;
  profile_.guardrails.digest_only = {"images.yaml"};
  const std::string old_digest(64, 'a');
  Shell(origin_, StrCat("echo 'image: x@sha256:", old_digest,
                        "' > images.yaml; git add -A; git commit -q -m images"));
  After(
      "head -c 50 /dev/zero > blob; head -c 3000 /dev/zero | tr '\\0' x > big; "
      "echo 'image: y@sha256:0' > images.yaml");
  EXPECT_EQ(code_, kExitGuardrailViolation);
  EXPECT_THAT(RulesFound(), UnorderedElementsAre("binary-file blob", "file-too-large big",
                                                 "digest-only images.yaml"));
}

TEST(ReadHead, FindsLooseAndPackedAndRefusesTraversal) {
  ameide::testing::TempDir temp;
  const std::string id(40, 'a');
  const auto write = [&](const std::string& path, const std::string& text) {
    ASSERT_TRUE(MakeDirectories((temp.path() / path).parent_path()).ok());
    ASSERT_TRUE(WriteFileAtomically(temp.path() / path, text).ok());
  };
  EXPECT_EQ(ReadHead(temp.path()), "");
  write("HEAD", id + "\n");
  EXPECT_EQ(ReadHead(temp.path()), id);
  write("HEAD", "ref: refs/heads/x\n");
  EXPECT_EQ(ReadHead(temp.path()), "");
  write("packed-refs", StrCat("# pack-refs\n", id, " refs/heads/x\n"));
  EXPECT_EQ(ReadHead(temp.path()), id);
  write("refs/heads/x", std::string(40, 'b') + "\n");
  EXPECT_EQ(ReadHead(temp.path()), std::string(40, 'b'));
  write("HEAD", "ref: refs/../HEAD\n");
  EXPECT_EQ(ReadHead(temp.path()), "");
}

TEST(TreeEntries, BothListingsParseAndJunkIsRefused) {
  const std::string id(40, 'a');
  const Result<TreeEntries> index =
      ParseTreeEntries(StrCat("100644 ", id, " 0\ta b\n", std::string(1, '\0')));
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(index->at("a b\n"), (TreeEntry{0100644, id}));
  const Result<TreeEntries> tree =
      ParseTreeEntries(StrCat("160000 commit ", id, "\tsub", std::string(1, '\0')));
  ASSERT_TRUE(tree.ok());
  EXPECT_EQ(tree->at("sub"), (TreeEntry{kModeGitlink, id}));
  for (const std::string& junk : {StrCat("100644 ", id, " 0\tx"), std::string("x\0", 2),
                                  StrCat("9 ", id, " 0\tx", std::string(1, '\0')),
                                  StrCat("100644 ", id, " 0\t", std::string(1, '\0'))}) {
    EXPECT_FALSE(ParseTreeEntries(junk).ok()) << junk;
  }
}

TEST(TreeEntries, CompareSeesKindModeAndContent) {
  const TreeEntries base = {{"gone", {0100644, "1"}},
                            {"mode", {0100644, "2"}},
                            {"same", {0100644, "3"}},
                            {"text", {0100644, "4"}}};
  const TreeEntries now = {{"mode", {0100755, "2"}},
                           {"new", {0100644, "1"}},
                           {"same", {0100644, "3"}},
                           {"text", {0100644, "5"}}};
  EXPECT_THAT(CompareTrees(base, now),
              ElementsAre(Change{Change::Kind::kDeleted, "gone", 0100644, 0, ""},
                          Change{Change::Kind::kModified, "mode", 0100644, 0100755, ""},
                          Change{Change::Kind::kAdded, "new", 0, 0100644, ""},
                          Change{Change::Kind::kModified, "text", 0100644, 0100644, ""}));
}

}  // namespace
}  // namespace ameide::task
