#include "base/strings.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

using ::testing::ElementsAre;

TEST(StrCat, JoinsTextAndNumbers) {
  EXPECT_EQ(StrCat("a", std::string("b"), std::string_view("c"), 'd', 1, -2, size_t{3}, uint8_t{4}),
            "abcd1-234");
  EXPECT_EQ(StrCat(), "");
  EXPECT_EQ(StrCat(INT64_MIN), "-9223372036854775808");
}

TEST(StrAppend, AddsAtTheEnd) {
  std::string text = "a";
  StrAppend(&text, "b", 1);
  EXPECT_EQ(text, "ab1");
}

TEST(StrJoin, PutsTheSeparatorBetween) {
  EXPECT_EQ(StrJoin(std::vector<std::string>{"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(StrJoin(std::vector<std::string_view>{}, ","), "");
}

TEST(StrSplit, KeepsEmptyPieces) {
  EXPECT_THAT(StrSplit("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(StrSplit("", ','), ElementsAre(""));
  EXPECT_THAT(StrSplit(",", ','), ElementsAre("", ""));
}

TEST(StripWhitespace, TakesBothEnds) {
  EXPECT_EQ(StripWhitespace(" \t a b\r\n"), "a b");
  EXPECT_EQ(StripWhitespace(" \n"), "");
  EXPECT_EQ(StripWhitespace(""), "");
}

TEST(AsciiLower, LeavesOtherBytesAlone) { EXPECT_EQ(AsciiLower("AbZ[\xC4"), "abz[\xC4"); }

TEST(StrReplaceAll, DoesNotLookAtWhatItWrote) {
  EXPECT_EQ(StrReplaceAll("aXbX", "X", "XX"), "aXXbXX");
  EXPECT_EQ(StrReplaceAll("aaa", "aa", "b"), "ba");
  EXPECT_EQ(StrReplaceAll("", "a", "b"), "");
}

}  // namespace
}  // namespace ameide
