#include "task/executor/lines.h"

#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

// "a|b|-" for the lines "a" and "b" and one that was too long.
std::string Show(const std::vector<std::optional<std::string>>& lines) {
  std::string out;
  for (const auto& line : lines) StrAppend(&out, line ? StrCat("<", *line, ">") : "-");
  return out;
}

TEST(Lines, AreTheSameHoweverTheStreamIsCut) {
  const std::string stream = "one\ntwo\r\n\nlonger than ten\nab\xff\nlast";
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    Lines lines(10);
    std::string all;
    for (size_t at = 0; at < stream.size(); at += piece) {
      all += Show(lines.Feed(std::string_view(stream).substr(at, piece)));
    }
    all += Show(lines.Finish());
    EXPECT_EQ(all, "<one><two><>-<ab\xff><last>") << piece;
  }
}

TEST(Lines, TheLimitIsOfTheLineAlone) {
  Lines lines(3);
  EXPECT_EQ(Show(lines.Feed("abc\nabcd\nabc\n")), "<abc>-<abc>");
  EXPECT_EQ(Show(lines.Finish()), "");
  EXPECT_EQ(Show(lines.Feed("abcdefgh")), "");
  EXPECT_EQ(Show(lines.Finish()), "-");
  EXPECT_EQ(Show(lines.Finish()), "");
}

}  // namespace
}  // namespace ameide::task
