#include "task/coder/request_policy.h"

#include <algorithm>
#include <vector>

#include "base/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::coder {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Attempt Answered(int status, http::Headers headers = {}) {
  Attempt attempt;
  attempt.answer = http::Response{status, std::move(headers), ""};
  return attempt;
}

TEST(PauseBeforeNext, RepeatsWhatCanHelp) {
  const struct {
    int status;
    bool safely;
    bool never;
  } kCases[] = {{200, false, false}, {400, false, false}, {401, false, false}, {403, false, false},
                {404, false, false}, {406, false, false}, {409, false, false}, {410, false, false},
                {429, true, true},   {500, true, false},  {502, true, false},  {503, true, false},
                {504, true, false},  {501, false, false}};
  for (const auto& one : kCases) {
    EXPECT_EQ(PauseBeforeNext(Answered(one.status), Repeat::kSafely, 0).has_value(), one.safely)
        << one.status;
    EXPECT_EQ(PauseBeforeNext(Answered(one.status), Repeat::kNever, 0).has_value(), one.never)
        << one.status;
  }
}

TEST(PauseBeforeNext, ALostAnswerIsAskedForAgainOnlyWhenThatIsSafe) {
  Attempt lost;
  for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kTimeout}) {
    lost.failure = kind;
    EXPECT_TRUE(PauseBeforeNext(lost, Repeat::kSafely, 0));
    EXPECT_FALSE(PauseBeforeNext(lost, Repeat::kNever, 0));
  }
  for (const ErrorKind kind : {ErrorKind::kCancelled, ErrorKind::kInvalid, ErrorKind::kDenied}) {
    lost.failure = kind;
    EXPECT_FALSE(PauseBeforeNext(lost, Repeat::kSafely, 0));
  }
}

TEST(PauseBeforeNext, GrowsAndEnds) {
  Attempt attempt = Answered(503);
  Millis before{0};
  for (attempt.number = 1; attempt.number < kMaxAttempts; ++attempt.number) {
    const auto pause = PauseBeforeNext(attempt, Repeat::kSafely, 0.5);
    ASSERT_TRUE(pause);
    EXPECT_GT(*pause, before);
    EXPECT_LE(*pause, kLongestPause);
    before = *pause;
  }
  EXPECT_FALSE(PauseBeforeNext(attempt, Repeat::kSafely, 0.5));
}

TEST(PauseBeforeNext, HonoursRetryAfterWithinReason) {
  const auto pause = [](const char* value) {
    return *PauseBeforeNext(Answered(429, {{"retry-after", value}}), Repeat::kNever, 0);
  };
  EXPECT_EQ(pause("7"), Millis(7000));
  EXPECT_EQ(pause("999999999999"), kLongestRetryAfter);
  EXPECT_EQ(pause("Wed, 21 Oct 2026 07:28:00 GMT"), Millis(5000));
  EXPECT_EQ(pause("-1"), Millis(5000));
  EXPECT_GT(pause("0"), Millis(0)) << "a busy loop helps nobody";
}

TEST(RateBudget, EachPathHasItsOwn) {
  ::ameide::testing::FakeClock clock;
  RateBudget budget(clock, {.burst = 60, .per_minute = 60});
  for (int i = 0; i < 60; ++i) EXPECT_EQ(budget.Take("/a"), Millis(0)) << i;
  EXPECT_EQ(budget.Take("/a"), Millis(1000));
  EXPECT_EQ(budget.Take("/b"), Millis(0));
  clock.Advance(Millis(30'000));
  EXPECT_EQ(budget.Take("/a"), Millis(0));
}

TEST(RateBudget, NoMinuteSeesMoreThanCoderAllows) {
  ::ameide::testing::FakeClock clock;
  RateBudget budget(clock);
  // A crowd at once, then another whenever one is through.
  std::vector<int64_t> sent;
  for (int crowd = 0; crowd < 5; ++crowd) {
    for (int i = 0; i < 600; ++i) sent.push_back(crowd * 90'000 + budget.Take("/a").count());
    clock.Advance(Millis(90'000));
  }
  std::sort(sent.begin(), sent.end());
  size_t most = 0;
  for (size_t first = 0, last = 0; last < sent.size(); ++last) {
    while (sent[last] - sent[first] > 60'000) ++first;
    most = std::max(most, last - first + 1);
  }
  EXPECT_LE(most, 490u) << "Coder allows 512, and some requests take longer to get there";
  EXPECT_GE(most, 470u) << "slower than need be";
  EXPECT_LE(sent.back(), 5 * 90'000 + 400'000);
}

TEST(RateBudget, KeepsTheDebtOfAPathThatRests) {
  ::ameide::testing::FakeClock clock;
  RateBudget budget(clock, {.burst = 1, .per_minute = 1});
  for (int i = 0; i < 10; ++i) budget.Take("/a");
  clock.Advance(std::chrono::minutes(2));
  for (int i = 0; i < 5'000; ++i) budget.Take(std::to_string(i));
  EXPECT_EQ(budget.Take("/a"), Millis(8 * 60'000));
}

TEST(RateBudget, ForgetsPathsThatRest) {
  ::ameide::testing::FakeClock clock;
  RateBudget budget(clock, {.burst = 60, .per_minute = 60});
  for (int i = 0; i < 20'000; ++i) {
    EXPECT_EQ(budget.Take(std::to_string(i)), Millis(0));
    if (i % 1000 == 0) clock.Advance(std::chrono::minutes(2));
  }
}

TEST(ErrorOf, SpeaksCodersWordsWithoutSecrets) {
  http::Response answer{400, {}, R"({"message":"bad \u001b[31mname tok-en-123","validations":[
      {"field":"name","detail":"must be\nunique tok-en-123"}]})"};
  const Error error = ErrorOf("create workspace", "w", answer, {"tok-en-123"});
  EXPECT_EQ(error.kind, ErrorKind::kInvalid);
  EXPECT_EQ(error.cause, "Coder answered 400: bad name [hidden] (name: must be unique [hidden])");
}

TEST(ErrorOf, AnHtmlPageIsOnlyNamed) {
  const http::Response answer{502, {{"Content-Type", "text/html"}}, "<html>secret page</html>"};
  const Error error = ErrorOf("read", "w", answer, {});
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.cause, Not(HasSubstr("secret page")));
  EXPECT_THAT(error.cause, HasSubstr("HTML"));
}

TEST(ErrorOf, IsShortWhateverComes) {
  const http::Response answer{400, {}, "{\"message\":\"" + std::string(1 << 20, 'x') + "\"}"};
  EXPECT_LT(ErrorOf("read", std::string(10'000, 'y'), answer, {}).ToString().size(), 2000u);
}

TEST(KindOf, IsByWhatCanBeDone) {
  const std::pair<int, ErrorKind> kCases[] = {
      {301, ErrorKind::kInvalid},    {400, ErrorKind::kInvalid},     {401, ErrorKind::kDenied},
      {403, ErrorKind::kDenied},     {404, ErrorKind::kNotFound},    {406, ErrorKind::kUnavailable},
      {409, ErrorKind::kConflict},   {410, ErrorKind::kNotFound},    {412, ErrorKind::kConflict},
      {413, ErrorKind::kInvalid},    {429, ErrorKind::kUnavailable}, {500, ErrorKind::kUnavailable},
      {599, ErrorKind::kUnavailable}};
  for (const auto& [status, kind] : kCases) EXPECT_EQ(KindOf(status), kind) << status;
}

}  // namespace
}  // namespace ameide::coder
