#include "base/text.h"

#include <random>

#include "gtest/gtest.h"

namespace ameide {
namespace {

#define BAD "\xEF\xBF\xBD"

TEST(Utf8, WellFormedSequencesAreValid) {
  for (const char* text :
       {"", "a", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
    EXPECT_EQ(ToValidUtf8(text), text);
  }
}

TEST(Utf8, EachBadByteIsReplaced) {
  const std::pair<std::string, const char*> rows[] = {
      {"\x80", BAD},                          // a continuation alone
      {"a\xC2", "a" BAD},                     // cut off
      {"\xE2\x82", BAD BAD},                  // cut off later
      {"\xC0\x80", BAD BAD},                  // overlong NUL
      {"\xC1\xBF", BAD BAD},                  // overlong
      {"\xE0\x9F\xBF", BAD BAD BAD},          // overlong
      {"\xF0\x8F\xBF\xBF", BAD BAD BAD BAD},  // overlong
      {"\xED\xA0\x80", BAD BAD BAD},          // surrogate
      {"\xED\xBF\xBF", BAD BAD BAD},          // surrogate
      {"\xF4\x90\x80\x80", BAD BAD BAD BAD},  // above U+10FFFF
      {"\xF5\x80\x80\x80", BAD BAD BAD BAD},
      {"\xFE\xFF", BAD BAD},
      {"\xE2(\xA1", BAD "(" BAD},
  };
  for (const auto& [bytes, wanted] : rows) {
    EXPECT_FALSE(IsValidUtf8(bytes));
    EXPECT_EQ(ToValidUtf8(bytes), wanted);
  }
}

TEST(ToPrintable, RemovesWhatATerminalWouldObey) {
  const std::pair<std::string, const char*> rows[] = {
      {"plain\ttext\n", "plain\ttext\n"},
      {"\x1b[31mred\x1b[0m", "red"},
      {"\x1b[2J\x1b[1;1Hx", "x"},
      {"\x1b[?25lx", "x"},
      {"\x1b]0;title\ax", "x"},
      {"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
      {"\x1bP1$r\x1b\\x", "x"},
      {"\x1b(Bx", "x"},  // "select ASCII", as tput sgr0 writes it
      {"\x1b"
       "7x\x1b"
       "8",
       "x"},
      {"\x1b\x1b[31mx", "x"},
      {"a\r\nb", "a\nb"},
      {"10%\r20%", "10%\n20%"},
      {"a\bb\a\x7f\v\f", "ab"},
      {std::string("a\0b", 3), "ab"},
      {"a\xC2\x9Bm", "am"},  // C1 CSI
      {"a\xC2\xA0"
       "b",
       "a\xC2\xA0"
       "b"},
      {"\xff", BAD},
  };
  for (const auto& [bytes, wanted] : rows) EXPECT_EQ(ToPrintable(bytes), wanted) << bytes;
}

TEST(ToPrintable, UnfinishedSequencesSwallowNoText) {
  const std::pair<std::string, const char*> rows[] = {
      {"\x1b", ""},
      {"\x1b\nnext", "\nnext"},
      {"\x1b[12\nnext", "\nnext"},
      {"\x1b[12", ""},
      {"\x1b]0;title\nnext", "\nnext"},
      {"\x1b]0;title\x1b[31mnext", "next"},
      {"\x1b\xC3\xA4", "\xC3\xA4"},
      {"\x1b[\xC3\xA4", "\xC3\xA4"},
  };
  for (const auto& [bytes, wanted] : rows) EXPECT_EQ(ToPrintable(bytes), wanted) << bytes;
}

TEST(ToPrintable, IsValidAndStableForAnyBytes) {
  std::mt19937 random(5);
  constexpr std::string_view kInteresting = "\x1b\x1b[];\a\\\r\n\x80\x9b\xC2\xE2\xF0m0";
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 12, '\0');
    for (char& c : bytes) c = kInteresting[random() % kInteresting.size()];
    const std::string once = ToPrintable(bytes);
    ASSERT_TRUE(IsValidUtf8(once));
    ASSERT_EQ(once.find_first_of("\x1b\a\r"), std::string::npos);
    ASSERT_EQ(ToPrintable(once), once);
    ASSERT_EQ(ToOneLine(bytes).find('\n'), std::string::npos);
  }
}

TEST(ToOneLine, TurnsBreaksIntoSpaces) { EXPECT_EQ(ToOneLine("a\r\nb\tc\x1b[0m"), "a b c"); }

TEST(Tail, CutsAtLineStarts) {
  EXPECT_EQ(Tail("a\nb\nc\n", 2, 100), "b\nc\n");
  EXPECT_EQ(Tail("a\nb\nc", 2, 100), "b\nc");
  EXPECT_EQ(Tail("a\nb\n", 9, 100), "a\nb\n");
  EXPECT_EQ(Tail("aaaa\nbbbb\ncc\n", 9, 6), "cc\n");
  EXPECT_EQ(Tail("aaaaaaaa", 9, 3), "aaa");
  EXPECT_EQ(Tail("", 1, 1), "");
}

TEST(Truncate, CutsBetweenCharacters) {
  EXPECT_EQ(Truncate("abc", 3), "abc");
  EXPECT_EQ(Truncate("abcd", 3), "abc…");
  EXPECT_EQ(Truncate("a\xC3\xA4z", 2), "a…");
  EXPECT_EQ(Truncate("abc", 0), "…");
}

TEST(ShellQuote, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(ShellQuote("a-b/c.d=e:f"), "a-b/c.d=e:f");
  EXPECT_EQ(ShellQuote(""), "''");
  EXPECT_EQ(ShellQuote("a b"), "'a b'");
  EXPECT_EQ(ShellQuote("it's $HOME"), "'it'\\''s $HOME'");
}

}  // namespace
}  // namespace ameide
