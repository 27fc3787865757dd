#include "generator/diff.h"

#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

TEST(Diff, EqualTextsHaveNone) { EXPECT_EQ(UnifiedDiff("a", "b", "x\n", "x\n"), ""); }

TEST(Diff, ChangesCarryContextAndLineNumbers) {
  struct {
    std::string_view before;
    std::string_view after;
    std::string_view hunks;
  } kCases[] = {
      {"", "x\n", "@@ -0,0 +1 @@\n+x\n"},
      {"x\n", "", "@@ -1 +0,0 @@\n-x\n"},
      {"a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
      {"1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n6\n7\n", "@@ -4,3 +4,4 @@\n 4\n 5\n 6\n+7\n"},
      {"a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
      {"a\nx\nb\n", "b\na\n", "@@ -1,3 +1,2 @@\n-a\n-x\n b\n+a\n"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(UnifiedDiff("old", "new", c.before, c.after), StrCat("--- old\n+++ new\n", c.hunks));
  }
}

TEST(Diff, DistantChangesAreHunksOfTheirOwn) {
  std::string before;
  for (int i = 1; i <= 20; ++i) StrAppend(&before, i, "\n");
  std::string after = StrReplaceAll(before, "\n2\n", "\ntwo\n");
  after = StrReplaceAll(after, "\n18\n", "\neighteen\n");
  EXPECT_EQ(UnifiedDiff("o", "n", before, after),
            "--- o\n+++ n\n"
            "@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n"
            "@@ -15,6 +15,6 @@\n 15\n 16\n 17\n-18\n+eighteen\n 19\n 20\n");
}

TEST(Diff, HugeTextsAreShownAsReplaced) {
  std::string before;
  std::string after;
  for (int i = 0; i < 6000; ++i) {
    StrAppend(&before, i, "a\n");
    StrAppend(&after, i, "b\n");
  }
  const std::string diff = UnifiedDiff("o", "n", before, after);
  EXPECT_EQ(diff.substr(0, 40).find("@@ -1,6000 +1,6000 @@\n-0a\n"), 12u);
}

}  // namespace
}  // namespace ameide::generator
