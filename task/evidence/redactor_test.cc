#include "task/evidence/redactor.h"

#include <random>

#include "absl/strings/escaping.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/secret_forms.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Secrets = std::map<std::string, std::string>;

std::string InPieces(const Redactor& redactor, std::string_view text, size_t piece) {
  Redactor stream = redactor;
  std::string out;
  for (size_t at = 0; at < text.size(); at += piece) out += stream.Take(text.substr(at, piece));
  return out + stream.Finish();
}

TEST(Redactor, ReplacesEverySpelling) {
  const Secrets secrets = {{"TOKEN", "tok/en+ä&<1>"}, {"OTHER", "other \"pass\"\tword"}};
  const std::string token = secrets.at("TOKEN");
  struct Row {
    const char* name;
    std::string in;
    std::string out;
  };
  const Row rows[] = {
      {"nothing", "plain text", "plain text"},
      {"itself", StrCat("a ", token, " b"), "a ***TOKEN*** b"},
      {"twice, back to back", StrCat(token, token), "***TOKEN******TOKEN***"},
      {"percent, upper", "x=tok%2Fen%2B%C3%A4%26%3C1%3E&y", "x=***TOKEN***&y"},
      {"percent, lower", "x=tok%2fen%2b%c3%a4%26%3c1%3e&y", "x=***TOKEN***&y"},
      {"form", "p=other+%22pass%22%09word", "p=***OTHER***"},
      {"JSON", Json(secrets.at("OTHER")).Dump(), "\"***OTHER***\""},
      {"JSON of PHP", "\"tok\\/en+\\u00e4&<1>\"", "\"***TOKEN***\""},
      {"JSON of Go", "\"tok/en+ä\\u0026\\u003c1\\u003e\"", "\"***TOKEN***\""},
      {"JSON of Python", "\"tok/en+\\u00e4&<1>\"", "\"***TOKEN***\""},
      {"the beginning of one", "tok/en+", "tok/en+"},
  };
  const Redactor redactor(secrets);
  for (const Row& row : rows) {
    EXPECT_EQ(redactor.Whole(row.in), row.out) << row.name;
    for (const size_t piece : {1, 2, 3, 7}) {
      EXPECT_EQ(InPieces(redactor, row.in, piece), row.out) << row.name << " by " << piece;
    }
  }
}

TEST(Redactor, FindsBase64WhereverTheValueStarts) {
  const std::string value = RandomHex(20);
  const Redactor redactor(Secrets{{"KEY", value}});
  for (size_t before = 0; before < 7; ++before) {
    for (const size_t after : {0, 1, 2, 3}) {
      const std::string plain = StrCat(std::string(before, '<'), value, std::string(after, '>'));
      for (const std::string& text :
           {absl::Base64Escape(plain), absl::WebSafeBase64Escape(plain)}) {
        const std::string out = redactor.Whole(text);
        EXPECT_THAT(out, HasSubstr("***KEY***")) << text;
        // What is left decodes to neighbours and at most parts of two bytes.
        EXPECT_LE(out.size(), 9 + (before + after) * 4 / 3 + 6) << out;
      }
    }
  }
}

TEST(Redactor, FindsBase64ThatIsBrokenIntoLines) {
  const std::string value = RandomHex(60);
  const Redactor redactor(Secrets{{"KEY", value}});
  for (const std::string_view end : {"\n", "\r\n"}) {
    const std::string text = absl::Base64Escape(StrCat("user:", value, " and more"));
    std::string lines;
    for (size_t at = 0; at < text.size(); at += 76) StrAppend(&lines, text.substr(at, 76), end);
    for (const size_t piece : {1, 5, 1000}) {
      const std::string out = InPieces(redactor, lines, piece);
      EXPECT_THAT(out, HasSubstr("***KEY***"));
      EXPECT_LT(out.size(), 50u) << out;
    }
  }
}

TEST(Redactor, KeyOfSeveralLinesIsFoundLineByLine) {
  const std::string first = RandomHex(32);
  const std::string second = RandomHex(32);
  const std::string pem =
      StrCat("-----BEGIN FAKE KEY-----\n", first, "\n", second, "\n-----END FAKE KEY-----\n");
  const Redactor redactor(Secrets{{"PEM", pem}});
  EXPECT_EQ(redactor.Whole(pem), "***PEM***\n");
  const std::string diff = redactor.Whole(StrCat("+", first, "\n+", second, "\n+-----END\n"));
  EXPECT_EQ(diff, "+***PEM***\n+***PEM***\n+-----END\n");
}

TEST(Redactor, OverlappingSecretsLeaveNothingBehind) {
  const Redactor redactor(Secrets{{"A", "abcdefgh"}, {"B", "efghijkl"}, {"C", "cdefgh"}});
  EXPECT_EQ(redactor.Whole("x abcdefghijkl y"), "x ***A*** y");
  EXPECT_EQ(redactor.Whole("x efghijkl y"), "x ***B*** y");
  const Redactor same(Secrets{{"AAA", "aaaaaa"}});
  EXPECT_EQ(same.Whole(std::string(1000, 'a')), "***AAA***");
  EXPECT_EQ(same.Whole("aaaaa"), "aaaaa");
}

TEST(Redactor, HoldsBackNoMoreThanWhatCouldBeASecret) {
  Redactor redactor(Secrets{{"A", "secret-1"}});
  EXPECT_EQ(redactor.Take("a prompt> "), "a prompt> ");
  EXPECT_EQ(redactor.Take("secre"), "");
  EXPECT_EQ(redactor.Take("cy\n"), "secrecy\n");
  EXPECT_EQ(redactor.Take("secret-1"), "***A***");
  EXPECT_EQ(redactor.Finish(), "");
  EXPECT_EQ(redactor.replaced(), 1u);
  EXPECT_EQ(redactor.Take("again"), "again");
}

TEST(Redactor, RefusesValuesThatAreTooShort) {
  EXPECT_TRUE(Redactor::Check({{"OK", "123456"}}).ok());
  const Status refused =
      Redactor::Check({{"A", "12345"}, {"B", " 1234 \n"}, {"C", ""}, {"D", "long enough"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().target, "A, B, C");
  EXPECT_THAT(refused.error().ToString(), Not(HasSubstr("12345")));
  EXPECT_EQ(Redactor(Secrets{{"A", "12345"}}).Whole("12345"), "12345");
  EXPECT_EQ(Redactor().Whole("x"), "x");
}

// The meaning, said without care for speed: every byte of every occurrence goes.
std::vector<bool> Covered(const std::string& text, const Secrets& secrets) {
  std::vector<bool> covered(text.size());
  for (const auto& [name, value] : secrets) {
    const SecretForms forms = FormsOf(value);
    for (const auto* list : {&forms.plain, &forms.base64}) {
      for (const std::string& form : *list) {
        for (size_t at = text.find(form); at != text.npos; at = text.find(form, at + 1)) {
          std::fill_n(covered.begin() + static_cast<ptrdiff_t>(at), form.size(), true);
        }
      }
    }
  }
  return covered;
}

// "***N***" for each run of covered bytes; runs that only touch each other may count as one.
std::string Naive(const std::string& text, const Secrets& secrets) {
  const std::vector<bool> covered = Covered(text, secrets);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!covered[i]) out += text[i];
    if (covered[i] && (i == 0 || !covered[i - 1])) out += "***N***";
  }
  return out;
}

std::string OneName(std::string text) {
  for (const char* name : {"***A***", "***B***", "***C***"}) {
    text = StrReplaceAll(text, name, "***N***");
  }
  while (text.find("***N******N***") != text.npos) {
    text = StrReplaceAll(text, "***N******N***", "***N***");
  }
  return text;
}

// Few letters, so that secrets overlap themselves and each other in every way.
TEST(Redactor, DoesWhatTheDefinitionSaysForRandomTextsAndCuts) {
  std::mt19937 random(7);
  const auto pick = [&](size_t below) { return static_cast<size_t>(random() % below); };
  const auto word = [&](size_t size) {
    std::string text;
    while (text.size() < size)
      text += "abY\n"[pick(text.empty() || text.size() + 1 == size ? 3 : 4)];
    return text;
  };
  for (int round = 0; round < 3000; ++round) {
    const Secrets secrets = {{"A", word(6 + pick(3))}, {"B", word(6 + pick(8))}, {"C", word(6)}};
    std::string text;
    for (size_t parts = pick(6); parts > 0; --parts) {
      const std::string& value = std::next(secrets.begin(), static_cast<long>(pick(3)))->second;
      text += pick(2) == 0 ? word(2 + pick(5)) : value.substr(pick(2), 2 + pick(9));
      if (pick(4) == 0) text += absl::Base64Escape(word(pick(3) + 1) + value);
    }
    const Redactor redactor(secrets);
    const std::string whole = redactor.Whole(text);
    EXPECT_EQ(OneName(whole), Naive(text, secrets)) << text;
    EXPECT_EQ(InPieces(redactor, text, 1 + pick(5)), whole) << text;
  }
}

TEST(RedactFile, CopiesWithoutTheSecretAndNeverFollowsALink) {
  const ameide::testing::TempDir dir;
  const std::string value = RandomHex(12);
  std::string text;
  for (int i = 0; i < 50'000; ++i) StrAppend(&text, "line ", i, i % 1000 == 0 ? value : "", "\n");
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "in", text).ok());
  const Redactor redactor(Secrets{{"KEY", value}});
  const auto count = RedactFile(redactor, dir.path() / "in", dir.path() / "new/out");
  ASSERT_TRUE(count.ok()) << count.error().ToString();
  EXPECT_EQ(*count, 50u);
  EXPECT_EQ(*ReadFile(dir.path() / "new/out", 8 << 20), StrReplaceAll(text, value, "***KEY***"));
  EXPECT_FALSE(RedactFile(redactor, dir.path() / "in", dir.path() / "new/out").ok());
  EXPECT_TRUE(Exists(dir.path() / "new/out"));
  fs::create_symlink("in", dir.path() / "link");
  EXPECT_FALSE(RedactFile(redactor, dir.path() / "link", dir.path() / "out2").ok());
  EXPECT_FALSE(Exists(dir.path() / "out2"));
}

}  // namespace
}  // namespace ameide::task
