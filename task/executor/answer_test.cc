#include "task/executor/answer.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/executor/testing/sample_contract.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Outcome = CallEnd::Outcome;

ExecutorTool Build() {
  const ExecutorContract contract = testing::SampleContract();
  return *FindTool(contract, "fo.build");
}

CallEnd Read(int status, std::string body) {
  return ReadCallAnswer(Build(), {status, {}, std::move(body)});
}

TEST(Answer, HasExactlyTheMembersOfTheContract) {
  const CallEnd good = Read(200, R"({"log":"fine","build_ok":true})");
  EXPECT_EQ(good.outcome, Outcome::kDone);
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.result.Dump(), R"({"log":"fine","build_ok":true})");
  EXPECT_EQ(good.reason, "");
  const std::pair<std::string, std::string_view> kBroken[] = {
      {R"({"log":"x"})", "it lacks \"build_ok\""},
      {R"({"log":"x","build_ok":true,"token":"t"})", "it has \"token\", which is not in it"},
      {R"([1])", "it is a JSON array"},
      {R"(<html>)", "breaks the tool's contract"},
      {"", "breaks the tool's contract"},
      {StrCat(std::string(100, '['), std::string(100, ']')), "breaks the tool's contract"},
  };
  for (const auto& [body, reason] : kBroken) {
    const CallEnd end = Read(200, body);
    EXPECT_EQ(end.outcome, Outcome::kFailed) << body;
    EXPECT_THAT(end.reason, HasSubstr(reason)) << body;
    EXPECT_TRUE(end.result.is_null()) << body;
  }
}

TEST(Answer, RefusalsAndRedirectsAreNoResults) {
  const struct {
    int status;
    std::string body;
    std::string reason;
  } kCases[] = {
      {422, R"({"error":"no such table"})",
       "The executor did not do fo.build: it answered 422: no such table."},
      {500, "<html>secret stack</html>", "The executor did not do fo.build: it answered 500."},
      {404, R"({"error":{"deep":1}})", "The executor did not do fo.build: it answered 404."},
      {302, R"({"build_ok":true,"log":""})",
       "The executor did not do fo.build: it answered 302, a redirect, which is never followed."},
      {101, "", "The executor did not do fo.build: it answered 101."},
  };
  for (const auto& one : kCases) {
    const CallEnd end = Read(one.status, one.body);
    EXPECT_EQ(end.outcome, Outcome::kFailed);
    EXPECT_EQ(end.status, one.status);
    EXPECT_EQ(end.reason, one.reason);
  }
}

TEST(Answer, HostileTextLosesItsControlCharacters) {
  const CallEnd end = Read(
      200,
      R"({"build_ok":["a\u001b[2J\u0007b",{"k\u001b[0m\u0000":"\u009bc\r\n"}],"log":"\ttab"})");
  ASSERT_EQ(end.outcome, Outcome::kDone);
  EXPECT_EQ(end.result.Dump(), R"({"build_ok":["ab",{"k":"c\n"}],"log":"\ttab"})");
  const CallEnd failed = Read(500, R"({"error":"\u001b]0;title\u0007line\nnext"})");
  EXPECT_THAT(failed.reason, HasSubstr("it answered 500: line next."));
}

TEST(Answer, LongWordsAreCut) {
  const CallEnd end = Read(500, StrCat(R"({"error":")", std::string(5000, 'x'), R"("})"));
  EXPECT_LT(end.reason.size(), 2200u);
}

TEST(Answer, WithoutOneAChangeMayHaveBeenMade) {
  const ExecutorContract contract = testing::SampleContract();
  const ExecutorTool read = *FindTool(contract, "fo.fs.read");
  const auto error = [](ErrorKind kind) { return Error{kind, "POST", "https://x", "lost", ""}; };
  const CallEnd timeout = WithoutAnswer(Build(), error(ErrorKind::kTimeout), "op-7");
  EXPECT_EQ(timeout.outcome, Outcome::kUnknown);
  EXPECT_THAT(timeout.reason, HasSubstr("It may have been done all the same (operation op-7)"));
  const CallEnd reading = WithoutAnswer(read, error(ErrorKind::kTimeout), "op-7");
  EXPECT_EQ(reading.outcome, Outcome::kFailed);
  EXPECT_THAT(reading.reason, Not(HasSubstr("may have been done")));
  EXPECT_EQ(WithoutAnswer(Build(), error(ErrorKind::kCancelled), "o").outcome, Outcome::kCancelled);
  EXPECT_EQ(WithoutAnswer(Build(), error(ErrorKind::kInvalid), "o").outcome, Outcome::kFailed);
}

TEST(Answer, StatusesHaveTheirKinds) {
  const std::pair<int, ErrorKind> kCases[] = {
      {401, ErrorKind::kDenied},     {403, ErrorKind::kDenied},   {404, ErrorKind::kNotFound},
      {410, ErrorKind::kNotFound},   {409, ErrorKind::kConflict}, {500, ErrorKind::kUnavailable},
      {302, ErrorKind::kUnavailable}};
  for (const auto& [status, kind] : kCases) {
    EXPECT_EQ(AnswerError("o", "t", {status, {}, ""}).kind, kind) << status;
  }
}

}  // namespace
}  // namespace ameide::task
