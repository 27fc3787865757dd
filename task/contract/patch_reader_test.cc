#include "task/contract/patch_reader.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = Change::Kind;

const std::string kNull(40, '0');
const std::string kOne(40, '1');
const std::string kTwo(40, '2');
const std::string kDigestA = "sha256:" + std::string(64, 'a');
const std::string kDigestB = "sha256:" + std::string(64, 'b');

std::string Index(const std::string& from, const std::string& to, std::string_view mode = "") {
  return StrCat("index ", from, "..", to, mode.empty() ? "" : " ", mode, "\n");
}

// A modified file with these hunks.
std::string Modified(std::string_view hunks, std::string_view name = "x") {
  return StrCat("diff --git a/", name, " b/", name, "\n", Index(kOne, kTwo, "100644"), "--- a/",
                name, "\n+++ b/", name, "\n", hunks);
}

std::string Added(std::string_view mode, std::string_view hunks, std::string_view name = "x") {
  return StrCat("diff --git a/", name, " b/", name, "\nnew file mode ", mode, "\n",
                Index(kNull, kTwo), "--- /dev/null\n+++ b/", name, "\n", hunks);
}

std::string Deleted(std::string_view mode, std::string_view hunks, std::string_view name = "x") {
  return StrCat("diff --git a/", name, " b/", name, "\ndeleted file mode ", mode, "\n",
                Index(kOne, kNull), "--- a/", name, "\n+++ /dev/null\n", hunks);
}

Change Only(const std::string& patch) {
  const Result<ChangeSet> changes = ReadPatch(patch);
  EXPECT_TRUE(changes.ok()) << (changes.ok() ? "" : changes.error().ToString()) << "\n" << patch;
  if (!changes.ok() || changes->size() != 1) return {};
  return changes->front();
}

TEST(PatchReader, AnEmptyPatchChangesNothing) { EXPECT_THAT(*ReadPatch(""), IsEmpty()); }

TEST(PatchReader, LinesOfBothSidesAreKept) {
  const Change change = Only(Modified("@@ -1,3 +1,4 @@ void f() {\n a\n-b\n+c\n+d\n e\n"));
  EXPECT_EQ(change.kind, Kind::kModified);
  EXPECT_EQ(change.path, "x");
  EXPECT_EQ(change.old_mode, 0100644u);
  EXPECT_EQ(change.new_mode, 0100644u);
  EXPECT_TRUE(change.content_known);
  EXPECT_FALSE(change.binary);
  EXPECT_THAT(change.added_lines, ElementsAre("c", "d"));
  EXPECT_THAT(change.removed_lines, ElementsAre("b"));
  EXPECT_EQ(change.new_size, 4u);
}

TEST(PatchReader, LinesThatLookLikeHeadersAreLines) {
  const Change change =
      Only(Modified("@@ -1,2 +1,2 @@\n--- a/y\n+++ b/y\n-diff --git a/z b/z\n+@@ -1 +1 @@\n"));
  EXPECT_THAT(change.removed_lines, ElementsAre("-- a/y", "diff --git a/z b/z"));
  EXPECT_THAT(change.added_lines, ElementsAre("++ b/y", "@@ -1 +1 @@"));
}

TEST(PatchReader, AFileThatComesOrGoesHasOneMode) {
  const Change added = Only(Added("100755", "@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n"));
  EXPECT_EQ(added.kind, Kind::kAdded);
  EXPECT_EQ(added.old_mode, 0u);
  EXPECT_EQ(added.new_mode, 0100755u);
  EXPECT_EQ(added.new_size, 1u);
  const Change deleted = Only(Deleted("100644", "@@ -1,2 +0,0 @@\n-a\n-b\n"));
  EXPECT_EQ(deleted.kind, Kind::kDeleted);
  EXPECT_EQ(deleted.new_mode, 0u);
  EXPECT_THAT(deleted.removed_lines, ElementsAre("a", "b"));
  EXPECT_EQ(deleted.new_size, 0u);
}

TEST(PatchReader, AnEmptyFileNeedsNoContents) {
  const std::string head = "diff --git a/x b/x\nnew file mode 100644\n";
  EXPECT_EQ(Only(head + Index(kNull, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")).kind,
            Kind::kAdded);
  EXPECT_FALSE(ReadPatch(head + Index(kNull, kOne)).ok()) << "another file's contents are hidden";
}

TEST(PatchReader, AModeChangeNeedsNoContents) {
  const Change change = Only("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n");
  EXPECT_EQ(change.old_mode, 0100644u);
  EXPECT_EQ(change.new_mode, 0100755u);
}

TEST(PatchReader, QuotedNamesBecomeTheirBytes) {
  struct Row {
    const char* quoted;
    std::string name;
  };
  const Row rows[] = {
      {R"("a/sp ace\ttab" "b/sp ace\ttab")", "sp ace\ttab"},
      {R"("a/\"\\\a\b\v\f\r\n" "b/\"\\\a\b\v\f\r\n")", "\"\\\a\b\v\f\r\n"},
      {R"("a/\303\244\377" "b/\303\244\377")", "\xc3\xa4\xff"},
      {"a/sp ace b/sp ace", "sp ace"},
      {"a/x b/x b/x b/x", "x b/x"},
      {"a/-rf b/-rf", "-rf"},
      {"a/\xc3\xa4 b/\xc3\xa4", "\xc3\xa4"},
  };
  for (const Row& row : rows) {
    const std::string patch =
        StrCat("diff --git ", row.quoted, "\nold mode 100644\nnew mode 100755\n");
    EXPECT_EQ(Only(patch).path, row.name) << row.quoted;
  }
}

TEST(PatchReader, ALinkSaysItsWholeTarget) {
  const std::string end = "\\ No newline at end of file\n";
  EXPECT_EQ(Only(Added("120000", "@@ -0,0 +1 @@\n+../up\n" + end)).symlink_target, "../up");
  EXPECT_EQ(Only(Added("120000", "@@ -0,0 +1 @@\n+up\n")).symlink_target, "up\n");
  EXPECT_EQ(Only(Added("120000", "@@ -0,0 +1,2 @@\n+a\n+b\n" + end)).symlink_target, "a\nb");
  const std::string head =
      StrCat("diff --git a/x b/x\n", Index(kOne, kTwo, "120000"), "--- a/x\n+++ b/x\n");
  EXPECT_EQ(Only(head + "@@ -1 +1 @@\n-a\n" + end + "+/b\n" + end).symlink_target, "/b");
  EXPECT_FALSE(ReadPatch(head + "@@ -5 +5 @@\n-a\n" + end + "+/b\n" + end).ok());
}

TEST(PatchReader, AFileThatBecomesALinkIsOneChange) {
  const Change change =
      Only(Deleted("100644", "@@ -1 +0,0 @@\n-text\n") +
           Added("120000", "@@ -0,0 +1 @@\n+/etc\n\\ No newline at end of file\n"));
  EXPECT_EQ(change.kind, Kind::kModified);
  EXPECT_EQ(change.old_mode, 0100644u);
  EXPECT_EQ(change.new_mode, kModeSymlink);
  EXPECT_EQ(change.symlink_target, "/etc");
  EXPECT_THAT(change.removed_lines, ElementsAre("text"));
}

TEST(PatchReader, AGitlinkSaysItsCommit) {
  const std::string line = StrCat("+Subproject commit ", kTwo, "\n");
  EXPECT_EQ(Only(Added("160000", "@@ -0,0 +1 @@\n" + line)).new_mode, kModeGitlink);
  EXPECT_FALSE(ReadPatch(Added("160000", "@@ -0,0 +1 @@\n+Subproject commit x\n")).ok());
}

TEST(PatchReader, BinaryFilesAreMarkedAndMeasured) {
  const std::string data = "literal 3\nKcmZQzWMT#Y01f~L\n\n";
  const Change change = Only(StrCat("diff --git a/x b/x\n", Index(kOne, kTwo, "100644"),
                                    "GIT binary patch\n", data, "delta 9\nKcmZQzWMT#Y01f~L\n\n"));
  EXPECT_TRUE(change.binary);
  EXPECT_EQ(change.new_size, 3u);
  EXPECT_FALSE(change.digests_only);
}

TEST(PatchReader, BothSidesOfARenameCount) {
  const std::string head =
      "diff --git a/old b/new\nsimilarity index 50%\nrename from old\nrename to new\n";
  const auto changes = ReadPatch(
      StrCat(head, Index(kOne, kTwo, "100644"), "--- a/old\n+++ b/new\n", "@@ -1 +1 @@\n-a\n+b\n"));
  ASSERT_TRUE(changes.ok()) << changes.error().ToString();
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ((*changes)[0].path, "old");
  EXPECT_EQ((*changes)[0].kind, Kind::kDeleted);
  EXPECT_EQ((*changes)[1].path, "new");
  EXPECT_EQ((*changes)[1].kind, Kind::kAdded);
  EXPECT_THAT(ReadPatch(head).error().cause, HasSubstr("does not say the file's mode"));
}

TEST(PatchReader, ACopyLeavesItsSourceAlone) {
  const Change copy =
      Only(StrCat("diff --git a/old \"b/n\\\"ew\"\nold mode 100644\nnew mode 100755",
                  "\nsimilarity index 100%\ncopy from old\ncopy to \"n\\\"ew\"\n"));
  EXPECT_EQ(copy.path, "n\"ew");
  EXPECT_EQ(copy.kind, Kind::kAdded);
  EXPECT_EQ(copy.new_mode, 0100755u);
}

TEST(PatchReader, DigestsOnlyMeansEveryLineStaysInItsPlace) {
  struct Row {
    const char* what;
    std::string hunks;
    bool digests_only;
  };
  const std::string a = "image: r/app@" + kDigestA;
  const std::string b = "image: r/app@" + kDigestB;
  const std::string end = "\\ No newline at end of file\n";
  const Row rows[] = {
      {"one digest", StrCat("@@ -1,2 +1,2 @@\n x\n-", a, "\n+", b, "\n"), true},
      {"a list that moves up", StrCat("@@ -1,2 +1,2 @@\n-", a, "\n ", b, "\n+", b, "\n"), true},
      {"another name", StrCat("@@ -1 +1 @@\n-", a, "\n+image: r/evil@", kDigestB, "\n"), false},
      {"a line more", StrCat("@@ -1 +1,2 @@\n-", a, "\n+", b, "\n+x: y\n"), false},
      {"a line elsewhere", StrCat("@@ -1,2 +1 @@\n-", a, "\n x\n@@ -9 +8,2 @@\n y\n+", b, "\n"),
       false},
      {"a longer digest", StrCat("@@ -1 +1 @@\n-", a, "\n+", b, "b\n"), false},
      {"no digest", "@@ -1 +1 @@\n-a\n+b\n", false},
      {"another end", StrCat("@@ -1 +1 @@\n-", a, "\n+", b, "\n", end), false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Only(Modified(row.hunks)).digests_only, row.digests_only) << row.what;
  }
  EXPECT_FALSE(Only(Added("100644", StrCat("@@ -0,0 +1 @@\n+", a, "\n"))).digests_only);
}

TEST(PatchReader, KeptLinesAreBounded) {
  PatchLimits limits;
  limits.kept_bytes = 6;
  const auto changes = ReadPatch(Modified("@@ -1,2 +1,2 @@\n-a\n-b\n+c\n+long line\n"), limits);
  ASSERT_TRUE(changes.ok());
  EXPECT_THAT(changes->front().added_lines, ElementsAre("c"));
  EXPECT_EQ(changes->front().new_size, 12u);
  limits.files = 1;
  EXPECT_FALSE(
      ReadPatch(Modified("@@ -1 +1 @@\n-a\n+b\n", "x") + Modified("@@ -1 +1 @@\n-a\n+b\n", "y"),
                limits)
          .ok());
}

// Whatever would make us see other changes than `git apply` does is refused.
TEST(PatchReader, WhatIsNotUnderstoodIsAnError) {
  const std::string hunk = "@@ -1 +1 @@\n-a\n+b\n";
  const std::string index = Index(kOne, kTwo, "100644");
  const std::string head = "diff --git a/x b/x\n";
  const std::string labels = "--- a/x\n+++ b/x\n";
  struct Row {
    std::string patch;
    const char* cause;
  };
  const Row rows[] = {
      {"hello\n", "line 1 starts no file's changes: hello"},
      {Modified(hunk) + "Index: y\n", "starts no file's changes"},
      {Modified(hunk) + "--- a/y\n+++ b/y\n" + hunk, "starts no file's changes"},
      {Modified(hunk).substr(0, Modified(hunk).size() - 1), "cut off"},
      {"diff --cc x\n", "starts no file's changes"},
      {"* Unmerged path x\n", "starts no file's changes"},
      {head, "does not say the file's mode"},
      {head + labels + hunk, "does not say the file's mode"},
      {head + "old mode 100644\nnew mode 100755\n" + labels + hunk, "full object ids"},
      {head + "index 1111111..2222222 100644\n" + labels + hunk, "is no header that Git writes"},
      {head + index + index + labels + hunk, "is no header that Git writes"},
      {head + index, "does not show the contents"},
      {head + index + "--- a/y\n+++ b/x\n" + hunk, "name other files than the header"},
      {head + index + "--- /dev/null\n+++ b/x\n" + hunk, "name other files than the header"},
      {head + index + labels, "is no hunk"},
      {head + index + "Binary files a/x and b/x differ\n", "leaves out a binary file's contents"},
      {head + index + "GIT binary patch\nliteral 3\n\n", "ends binary data too early"},
      {head + index + "GIT binary patch\nliteral 3\nKabc\n\n", "is no line of binary data"},
      {head + index + "GIT binary patch\nliteral x\n", "is no size of binary data"},
      {head + "old mode 100644\nnew mode 104755\n", "is no header that Git writes"},
      {head + "old mode 100644\nnew mode 120000\n", "another kind of file"},
      {head + "old mode 100644\n", "contradict each other"},
      {head + "new file mode 100644\ndeleted file mode 100644\n" + index, "contradict each other"},
      {head + "new file mode 100644\n" + Index(kOne, kTwo) + "--- /dev/null\n+++ b/x\n" + hunk,
       "do not fit its modes"},
      {Added("100644", hunk), "wholly new or gone"},
      {Added("100644", "@@ -0,0 +2 @@\n+a\n"), "wholly new or gone"},
      {Modified("@@ -1 +1,2 @@\n-a\n+b\n"), "end in the middle of a hunk"},
      {Modified("@@ -1,2 +1 @@\n-a\n+b\n+c\n"), "too many of the new side"},
      {Modified("@@ -1 +1 @@\n-a\n\n"), "is no line of a hunk"},
      {Modified("@@ -1 +1 @\n-a\n+b\n"), "is no hunk header"},
      {Modified("@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n"), "out of order"},
      {Modified("@@ -99999999999999999999 +1 @@\n-a\n+b\n"), "is no hunk header"},
      {Modified("@@ -1 +1 @@\n-a\n+b\n") + "\\ x\n\\ x\n", "starts no file's changes"},
      {Modified(hunk) + Modified(hunk), "was changed before"},
      {"diff --git a/x b/y\n" + index, "no plain pair of names"},
      {"diff --git x x\n" + index, "no plain pair of names"},
      {"diff --git \"a/x\" \"b/y\"\n" + index, "no plain pair of names"},
      {"diff --git \"a/\\0\" \"b/\\0\"\n" + index, "no plain pair of names"},
      {"diff --git a/x\\y b/x\\y\n" + index, "no plain pair of names"},
      {"diff --git a/o b/n\nrename from o\n", "one half of a rename"},
      {"diff --git a/x b/x\nrename from o\nrename to n\n" + index, "no plain pair of names"},
  };
  for (const Row& row : rows) {
    const Result<ChangeSet> changes = ReadPatch(row.patch);
    ASSERT_FALSE(changes.ok()) << row.patch;
    EXPECT_EQ(changes.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(changes.error().cause, HasSubstr(row.cause)) << row.patch;
  }
}

TEST(PatchReader, ErrorsShowHostileLinesSafely) {
  const Result<ChangeSet> changes = ReadPatch("\x1b[31m" + std::string(5000, 'x') + "\n");
  ASSERT_FALSE(changes.ok());
  EXPECT_EQ(changes.error().cause.find('\x1b'), std::string::npos);
  EXPECT_LT(changes.error().cause.size(), 300u);
}

}  // namespace
}  // namespace ameide::task
