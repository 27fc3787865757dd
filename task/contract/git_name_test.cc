#include "task/contract/git_name.h"

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TEST(GitName, AnObjectIdIsWholeAndLowerCase) {
  EXPECT_TRUE(IsObjectId(std::string(40, 'a')));
  EXPECT_TRUE(IsObjectId(std::string(64, '0')));
  for (const std::string& text :
       {std::string(), std::string(39, 'a'), std::string(41, 'a'), std::string(63, 'a'),
        std::string(40, 'A'), std::string(40, 'g'), std::string(39, 'a') + "\n"}) {
    EXPECT_FALSE(IsObjectId(text)) << text;
  }
}

TEST(GitName, AQuotedNameIsReadAndWhatFollowsStays) {
  const struct {
    std::string_view quoted;
    std::string_view name;
  } cases[] = {{R"("plain")", "plain"},
               {R"("a\"b\\c")", "a\"b\\c"},
               {R"("tab\tnewline\n")", "tab\tnewline\n"},
               {R"("\303\244")", "\xc3\xa4"},
               {R"("")", ""}};
  for (const auto& [quoted, name] : cases) {
    const std::string line = std::string(quoted) + " rest";
    std::string_view text = line;
    EXPECT_EQ(TakeQuotedName(&text), name) << quoted;
    EXPECT_EQ(text, " rest") << quoted;
  }
}

TEST(GitName, BrokenQuotingIsNone) {
  for (const std::string_view quoted :
       {"", "plain", "\"open", R"("\x41")", R"("\777")", R"("\12")", R"("half\)"}) {
    std::string_view text = quoted;
    EXPECT_EQ(TakeQuotedName(&text), std::nullopt) << quoted;
  }
}

TEST(GitName, NamesWithQuotesBackslashesOrControlCharactersAreNotPlain) {
  EXPECT_TRUE(IsPlainName("a b/\xc3\xa4.txt"));
  for (const std::string_view name : {"a\"b", "a\\b", "a\tb", "a\x7f"}) {
    EXPECT_FALSE(IsPlainName(name)) << name;
  }
}

}  // namespace
}  // namespace ameide::task
