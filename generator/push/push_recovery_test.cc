// Pushes that break off, meet each other, or meet a server that refuses.
#include "generator/push/testing/push_fixture.h"

namespace ameide::generator::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(PushTemplateTest, LostAnswersAreLookedUpInsteadOfAskedTwice) {
  coder_.lose_answer = "POST /organizations/default/templates";
  const auto made = Push();
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  EXPECT_TRUE(made->created);
  EXPECT_EQ(coder_.Count("POST /organizations/default/templates"), 1);
  Content("two");
  coder_.lose_answer = "POST /organizations/default/templateversions";
  const auto pushed = Push();
  ASSERT_TRUE(pushed.ok()) << pushed.error().ToString();
  EXPECT_EQ(coder_.Count("POST /organizations/default/templateversions"), 2) << "one each";
  EXPECT_EQ(coder_.ActiveName(), Name());
}

TEST_F(PushTemplateTest, AFirstVersionWhoseAnswerIsLostIsMadeAgainNextTime) {
  coder_.lose_answer = "POST /organizations/default/templateversions";
  EXPECT_EQ(Push().error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(Push()->created);
}

TEST_F(PushTemplateTest, APushGoesOnWhereOneThatBrokeOffStopped) {
  MustPush();
  const std::string before = coder_.ActiveName();
  Content("two");
  // The server goes away after the import …
  coder_.failures = {{"PATCH /templates/t1/versions", {503, 1'000}}};
  EXPECT_EQ(Push().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(coder_.ActiveName(), before);
  // … then after the version became active, before its settings, for good …
  coder_.failures.clear();
  request_.settings.description = "Other.";
  int promoted = 0;
  http_.answer = [&](const http::Request& request) -> Result<http::Response> {
    const bool promotion = request.target.ends_with("/templates/t1/versions");
    if (request.method == "PATCH" && (!promotion || promoted++ > 0)) {
      return http::Response{503, {}, "{}"};
    }
    return coder_.Answer(request);
  };
  EXPECT_THAT(Problem(), HasSubstr("is active, without its settings"));
  EXPECT_EQ(coder_.ActiveName(), Name());
  // … and comes back.
  http_.answer = [this](const http::Request& request) { return coder_.Answer(request); };
  const auto pushed = Push();
  ASSERT_TRUE(pushed.ok()) << pushed.error().ToString();
  EXPECT_TRUE(pushed->settings_changed);
  EXPECT_FALSE(pushed->uploaded || pushed->activated);
  EXPECT_EQ(coder_.Count("POST /organizations/default/templateversions"), 1) << "all the time";
}

TEST_F(PushTemplateTest, AnImportThatSomebodyElseBeganIsWaitedForAndNotCancelled) {
  MustPush();
  Content("two");
  coder_.import_looks = 1'000;
  // The other push of the same content: its version is there, and being imported.
  const auto other = client_.CreateTemplateVersion(
      {}, "default",
      {.name = Name(), .message = "", .file_id = "f", .template_id = "t1", .variables = {}});
  ASSERT_TRUE(other.ok());
  http_.answer = [this](const http::Request& request) {
    if (request.target.find("/logs") != std::string::npos) stop_.request_stop();
    return coder_.Answer(request);
  };
  EXPECT_THAT(Problem(), HasSubstr("its import goes on"));
  EXPECT_NE(coder_.Find(Name()).status, "canceled");
  stop_ = std::stop_source();
  coder_.import_looks = 2;
  http_.answer = [this](const http::Request& request) { return coder_.Answer(request); };
  const auto pushed = Push();
  ASSERT_TRUE(pushed.ok()) << pushed.error().ToString();
  EXPECT_FALSE(pushed->uploaded);
  EXPECT_EQ(coder_.ActiveName(), Name());
}

TEST_F(PushTemplateTest, TwoFirstPushesMakeOneTemplateAndTheOtherIsToldToPushAgain) {
  bool raced = false;
  http_.answer = [&](const http::Request& request) {
    if (!raced && request.method == "POST" && request.target.ends_with("/templates")) {
      raced = true;  // somebody was faster by one request
      const PushRequest ours = request_;
      Content("theirs");
      EXPECT_TRUE(Push().ok());
      request_ = ours;
    }
    return coder_.Answer(request);
  };
  const std::string problem = Problem();
  EXPECT_THAT(problem, HasSubstr("somebody else made it at the same time; push again"));
  const std::string theirs = coder_.ActiveName();
  const auto again = Push();
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  EXPECT_EQ(again->previous_version, theirs);
  EXPECT_EQ(coder_.ActiveName(), Name());
}

TEST_F(PushTemplateTest, ARedFirstSmokeTaskRemovesNothingOfOthers) {
  smoke_ = [this](const coder::TemplateVersion& version) -> Status {
    smoke_ = nullptr;
    Content("better");
    EXPECT_TRUE(Push().ok());
    return Red(version);
  };
  EXPECT_THAT(Problem(), HasSubstr("another version of it is active by now"));
  EXPECT_EQ(coder_.ActiveName(), Name());
}

TEST_F(PushTemplateTest, ATemplateThatCannotBeRemovedAgainIsNamed) {
  smoke_ = Red;
  coder_.failures = {{"DELETE /templates/t1", {400, 100}}};
  EXPECT_THAT(Problem(), HasSubstr("remove the template yourself"));
}

TEST_F(PushTemplateTest, ATemplateThatGoesOrGetsAnotherNameMeanwhileIsMadeAnewNextTime) {
  const std::function<void()> cases[] = {[this] { coder_.template_object = Json(); },
                                         [this] { coder_.template_object.Set("name", "other"); }};
  int number = 0;
  for (const auto& meanwhile : cases) {
    MustPush();
    Content(StrCat("more ", ++number));
    // Its id leads nowhere, or to what no longer is ours, once the import is done.
    smoke_ = [&](const coder::TemplateVersion&) -> Status {
      meanwhile();
      coder_.failures = {{"PATCH /templates/t1/versions", {404, 1}}};
      return Ok{};
    };
    EXPECT_EQ(Push().error().kind, ErrorKind::kNotFound);
    smoke_ = nullptr;
    const auto anew = Push();
    ASSERT_TRUE(anew.ok()) << anew.error().ToString();
    EXPECT_TRUE(anew->created);
    EXPECT_EQ(coder_.ActiveName(), Name());
  }
}

TEST_F(PushTemplateTest, ContentThatFailsAgainAndAgainEnds) {
  MustPush();
  Content("broken");
  coder_.import_ends = "failed";
  coder_.import_looks = 1;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Push().error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(Problem(), HasSubstr("100 versions of this content have failed"));
}

TEST_F(PushTemplateTest, WhatTheServerRefusesIsReportedAndNothingBecomesActive) {
  MustPush();
  const std::string before = coder_.ActiveName();
  const struct {
    std::string call;
    int status;
    ErrorKind kind;
  } cases[] = {{"POST /files", 403, ErrorKind::kDenied},
               {"POST /organizations/default/templateversions", 400, ErrorKind::kInvalid},
               {"POST /organizations/default/templateversions", 409, ErrorKind::kConflict},
               {"PATCH /templates/t1/versions", 403, ErrorKind::kDenied},
               {"GET /templates/t1/versions", 503, ErrorKind::kUnavailable},
               {"GET /organizations/default/templates/ameide-code", 401, ErrorKind::kDenied}};
  int number = 0;
  for (const auto& c : cases) {
    Content(StrCat("content ", ++number));
    coder_.failures = {{c.call, {c.status, 100}}};
    const auto pushed = Push();
    ASSERT_FALSE(pushed.ok()) << c.call;
    EXPECT_EQ(pushed.error().kind, c.kind) << pushed.error().ToString();
    EXPECT_EQ(coder_.ActiveName(), before) << c.call;
  }
  coder_.failures = {{"POST /files", {429, 2}}, {"GET /templateversions", {502, 2}}};
  EXPECT_TRUE(Push().ok()) << "what passes is waited for";
}

}  // namespace
}  // namespace ameide::generator::testing
