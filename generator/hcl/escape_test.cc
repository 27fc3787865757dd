#include "generator/hcl/escape.h"

#include "gtest/gtest.h"

namespace ameide::hcl {
namespace {

struct Case {
  std::string_view text;
  std::string_view quoted;
};

TEST(Escape, QuotedStringsKeepTheirMeaning) {
  const Case kCases[] = {
      {"", ""},
      {"plain", "plain"},
      {"a \"b\" \\ c", "a \\\"b\\\" \\\\ c"},
      {"one\ntwo\r\tthree", "one\\ntwo\\r\\tthree"},
      {"${x}", "$${x}"},
      {"%{if x}", "%%{if x}"},
      {"$ {x} $x 100% $", "$ {x} $x 100% $"},
      {"$${x}", "$$${x}"},
      {"$$$", "$$$"},
      {std::string_view("\0\x01\x7f", 3), "\\u0000\\u0001\\u007f"},
      {"\xe2\x80\xae", "\\u202e"},  // right-to-left override
      {"\xef\xbb\xbf", "\\ufeff"},  // byte order mark
      {"\xf3\xa0\x80\x81x", "\xf3\xa0\x80\x81x"},
      {"\xc3\xa9 \xf0\x9f\x98\x80", "\xc3\xa9 \xf0\x9f\x98\x80"},
      {"\xff", "\xef\xbf\xbd"},
  };
  for (const Case& c : kCases) EXPECT_EQ(EscapeQuoted(c.text), c.quoted);
}

TEST(Escape, FinalDollarDoesNotMergeWithTheNextInterpolation) {
  EXPECT_EQ(EscapeQuoted("a$", true), "a\\u0024");
  EXPECT_EQ(EscapeQuoted("a%", true), "a\\u0025");
  EXPECT_EQ(EscapeQuoted("$a", true), "$a");
}

TEST(Escape, KeysAreAscii) {
  EXPECT_EQ(EscapeKey("caf\xc3\xa9 \xf0\x9f\x98\x80"), "caf\\u00e9 \\U0001f600");
}

TEST(Escape, HeredocLinesRefuseWhatOnlyQuotesCanSpell) {
  std::string out;
  EXPECT_TRUE(EscapeHeredocLine("a \"b\" \\n ${x}", false, &out));
  EXPECT_EQ(out, "a \"b\" \\n $${x}");
  out.clear();
  EXPECT_TRUE(EscapeHeredocLine("cost: $", true, &out));
  EXPECT_EQ(out, "cost: ${\"$\"}");
  EXPECT_FALSE(EscapeHeredocLine("tab\there", false, &out));
  EXPECT_FALSE(EscapeHeredocLine("\xff", false, &out));
}

TEST(Escape, IdentifiersAreNamesWithoutQuotes) {
  for (const char* good : {"a", "_x", "a-b", "A1"}) EXPECT_TRUE(IsIdentifier(good)) << good;
  for (const char* bad : {"", "1a", "-a", "a b", "a.b", "\xc3\xa9"}) {
    EXPECT_FALSE(IsIdentifier(bad)) << bad;
  }
}

}  // namespace
}  // namespace ameide::hcl
