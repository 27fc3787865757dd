#include <random>
#include <string>

#include "gtest/gtest.h"
#include "task/contract/guardrails.h"
#include "task/contract/testing/naive_glob.h"

namespace ameide::task {
namespace {

struct Row {
  const char* pattern;
  const char* path;
  bool matches;
};

TEST(Glob, MatchesAsDocumented) {
  const Row rows[] = {
      {"a", "a", true},
      {"a", "b", false},
      {"a", "a/b", false},
      {"*", "a", true},
      {"*", "a/b", false},
      {"*.md", "README.md", true},
      {"*.md", "docs/README.md", false},
      {"**/*.md", "README.md", true},
      {"**/*.md", "a/b/c.md", true},
      {"**", "a/b/c", true},
      {"a/**", "a/b/c", true},
      {"a/**", "a", true},
      {"a/**", "ab/c", false},
      {"a/", "a/b", true},
      {"a/", "a", true},
      {"a/**/z", "a/z", true},
      {"a/**/z", "a/b/c/z", true},
      {"a/**/z", "a/b/c/zz", false},
      {"a?c", "abc", true},
      {"a?c", "a/c", false},
      {"a?c", "ac", false},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[!a-c]x", "dx", true},
      {"[!a-c]x", "ax", false},
      {"a[!b]c", "a/c", false},
      {"[]x]", "]", true},
      {"[!]]", "]", false},
      {"[a-]", "-", true},
      {"[*]", "*", true},
      {"[*]", "a", false},
      {"a*b*c", "aXbXbXc", true},
      {"a*b*c", "aXbX", false},
      {"A", "a", false},
      {"*", ".hidden", true},
      {"caf?", "caf\xE9", true},
      {"[\x80-\xFF]", "\xE9", true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(GlobProblem(row.pattern), "") << row.pattern;
    EXPECT_EQ(GlobMatches(row.pattern, row.path), row.matches) << row.pattern << " " << row.path;
  }
}

TEST(Glob, RefusesWhatWouldQuietlyMeanSomethingElse) {
  const std::pair<std::string, const char*> rows[] = {
      {"", "the pattern is empty; write '**' for every path"},
      {"/a", "paths start at the repository's root; remove the first '/'"},
      {"a//b", "two slashes in a row match no path; write one"},
      {"a/./b", "'.' is in no repository path; write the path from the root"},
      {"../a", "'..' is in no repository path; write the path from the root"},
      {"a**", "'**' must stand alone between slashes; write '*' for a part of one name"},
      {"***", "'**' must stand alone between slashes; write '*' for a part of one name"},
      {"a\\b", "'\\' is no separator and no escape; use '/' between folders and '[*]' for a star"},
      {"{a,b}/**", "braces are no alternatives here; write one pattern for each, or '[{]'"},
      {"!a", "patterns cannot be negated; use the opposite list, or '[!]'"},
      {"a[b", "'[' is never closed within its folder; add ']', or write '[[]'"},
      {"[a/b]", "'[' is never closed within its folder; add ']', or write '[[]'"},
      {"[]", "'[' is never closed within its folder; add ']', or write '[[]'"},
      {"[!]", "'[' is never closed within its folder; add ']', or write '[[]'"},
      {"[z-a]", "the range in '[z-a]' is empty; put the lower character first"},
      {"[^a]", "'[^' is not used here; write '[!' to negate a class"},
      {std::string("a\0b", 3), "a NUL byte is in no path; remove it"},
  };
  for (const auto& [pattern, problem] : rows) {
    EXPECT_EQ(GlobProblem(pattern), problem) << pattern;
    EXPECT_FALSE(GlobMatches(pattern, pattern)) << pattern;
  }
}

TEST(Glob, AgreesWithTheNaiveReference) {
  std::mt19937 random(7);
  const auto draw = [&](std::string_view alphabet, size_t max) {
    std::string text(std::uniform_int_distribution<size_t>(1, max)(random), ' ');
    for (char& c : text) {
      c = alphabet[std::uniform_int_distribution<size_t>(0, alphabet.size() - 1)(random)];
    }
    return text;
  };
  int valid = 0;
  int matched = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string pattern = draw("ab**//?[!-]", 9);
    const std::string path = draw("ab//", 7);
    if (!GlobProblem(pattern).empty()) continue;
    ++valid;
    const bool wanted = testing::NaiveGlob(pattern, path);
    matched += wanted ? 1 : 0;
    ASSERT_EQ(GlobMatches(pattern, path), wanted) << pattern << " " << path;
  }
  EXPECT_GT(valid, 5'000);
  EXPECT_GT(matched, 500);
}

// Each of these takes a matcher that tries every star against every place longer than any test
// runs.
TEST(Glob, ManyStarsAreNotExponential) {
  std::string folders;
  std::string deep;
  for (int i = 0; i < 200; ++i) folders += "**/";
  for (int i = 0; i < 2000; ++i) deep += "a/";
  EXPECT_FALSE(GlobMatches(folders + "b", deep + "a"));
  EXPECT_TRUE(GlobMatches(folders + "a", deep + "a"));
  std::string stars;
  for (int i = 0; i < 100; ++i) stars += "*a";
  EXPECT_FALSE(GlobMatches(stars + "b", std::string(4000, 'a')));
}

}  // namespace
}  // namespace ameide::task
