// docs/coder-backend.md quotes what the programs say; so they had better say it.
#include "base/files.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

std::string AllSources() {
  std::string all;
  for (const char* folder : {"task/coder", "task/launcher"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(AMEIDE_SOURCE_DIR) / folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".cc") || name.ends_with("_test.cc")) continue;
      all += ReadFile(entry.path(), 1u << 20).value();
    }
  }
  // Literals that go on in the next line are one text.
  std::string joined;
  for (size_t i = 0; i < all.size(); ++i) {
    const size_t next = all[i] == '"' ? all.find_first_not_of(" \n", i + 1) : std::string::npos;
    if (next != std::string::npos && all[next] == '"' && all[i + 1] == '\n') {
      i = next;
    } else {
      joined += all[i];
    }
  }
  return joined;
}

// Without what stands apart in the source: punctuation and numbers at both ends.
std::string_view Words(std::string_view text) {
  constexpr std::string_view kApart = " ,:()0123456789";
  const size_t begin = text.find_first_not_of(kApart);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kApart) + 1 - begin);
}

TEST(CoderDocs, EveryQuotedErrorIsOneThatTheProgramsGive) {
  const std::string page =
      ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/coder-backend.md", 1u << 20).value();
  const size_t table = page.find("| What it says |");
  ASSERT_NE(table, std::string::npos);
  const std::string rows = page.substr(table);
  const std::string sources = AllSources();
  int quotes = 0;
  for (const std::string_view row : StrSplit(rows, '\n')) {
    if (row.empty()) break;
    const std::string_view cell = row.substr(1, row.find('|', 1) - 1);
    for (bool code = false; const std::string_view piece : StrSplit(cell, '`')) {
      if (code) {
        ++quotes;
        const std::string parts = StrReplaceAll(piece, "…", "\n");
        for (const std::string_view part : StrSplit(parts, '\n')) {
          EXPECT_THAT(sources, HasSubstr(std::string(Words(part))));
        }
      }
      code = !code;
    }
  }
  EXPECT_GT(quotes, 10);
}

}  // namespace
}  // namespace ameide::acceptance
