#include "generator/push/testing/push_fixture.h"

namespace ameide::generator::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(PushTemplateTest, TheFirstPushMakesTheTemplate) {
  request_.variables = {{"agent_image", "image"}};
  const auto pushed = Push();
  ASSERT_TRUE(pushed.ok()) << pushed.error().ToString();
  EXPECT_TRUE(pushed->created && pushed->uploaded && pushed->activated);
  EXPECT_EQ(pushed->previous_version, "");
  EXPECT_EQ(coder_.ActiveName(), Name());
  const Json version = coder_.BodyOf("POST /organizations/default/templateversions");
  EXPECT_EQ(version.Find("name")->Dump(), "\"" + Name() + "\"");
  EXPECT_EQ(version.Find("message")->Dump(), "\"from a test\"");
  EXPECT_EQ(version.Find("template_id"), nullptr);
  EXPECT_EQ(version.Find("user_variable_values")->Dump(),
            R"([{"name":"agent_image","value":"image"}])");
  const Json made = coder_.BodyOf("POST /organizations/default/templates");
  EXPECT_EQ(made.Find("allow_user_cancel_workspace_jobs")->Dump(), "true");
  EXPECT_EQ(made.Find("activity_bump_ms")->Dump(), "0");
  EXPECT_EQ(made.Find("default_ttl_ms")->Dump(), "3600000");
  EXPECT_EQ(made.Find("template_use_classic_parameter_flow")->Dump(), "false");
  EXPECT_EQ(coder_.files.begin()->second, "one");
}

TEST_F(PushTemplateTest, TheSecondPushChangesNothing) {
  MustPush();
  const auto again = Push();
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->uploaded || again->activated || again->settings_changed);
  EXPECT_EQ(coder_.Count("GET"), static_cast<int>(coder_.log.size())) << "it only looked";
}

TEST_F(PushTemplateTest, OtherContentMakesOneVersionThatIsInactiveUntilItIsImported) {
  MustPush();
  const std::string before = Name();
  Content("two");
  const auto pushed = Push();
  ASSERT_TRUE(pushed.ok()) << pushed.error().ToString();
  EXPECT_EQ(pushed->previous_version, before);
  EXPECT_EQ(coder_.ActiveName(), Name());
  EXPECT_EQ(coder_.Count("POST /organizations/default/templateversions"), 1);
  EXPECT_EQ(coder_.Count("PATCH /templates/t1/versions"), 1);
  EXPECT_EQ(
      coder_.BodyOf("POST /organizations/default/templateversions").Find("template_id")->Dump(),
      "\"t1\"");
}

TEST_F(PushTemplateTest, AVersionThatIsThereIsOnlyMadeActive) {
  MustPush();
  const PushRequest first = request_;
  Content("two");
  MustPush();
  request_ = first;
  const auto back = Push();
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->activated);
  EXPECT_FALSE(back->uploaded);
  EXPECT_EQ(coder_.ActiveName(), Name());
  EXPECT_EQ(coder_.Count("POST"), 0);
}

TEST_F(PushTemplateTest, ChangedSettingsAloneAreSet) {
  MustPush();
  request_.settings.default_ttl_ms = 60'000;
  const auto pushed = Push();
  ASSERT_TRUE(pushed.ok());
  EXPECT_TRUE(pushed->settings_changed);
  EXPECT_FALSE(pushed->uploaded || pushed->activated);
  const Json body = coder_.BodyOf("PATCH /templates/t1");
  EXPECT_EQ(body.Find("default_ttl_ms")->Dump(), "60000");
  EXPECT_EQ(body.Find("use_classic_parameter_flow")->Dump(), "false");
}

TEST_F(PushTemplateTest, AFailedImportLeavesTheActiveVersionAndNamesTheCause) {
  MustPush();
  const std::string before = coder_.ActiveName();
  Content("broken");
  coder_.import_ends = "failed";
  coder_.import_error = "terraform plan: exit status 1";
  coder_.import_log = {"Error: Unsupported argument"};
  EXPECT_THAT(Problem(), HasSubstr("terraform plan: exit status 1"));
  EXPECT_THAT(said_, HasSubstr("Error: Unsupported argument"));
  EXPECT_EQ(coder_.ActiveName(), before);
  EXPECT_EQ(coder_.Count("PATCH"), 0);

  // The name of the failed one is taken for good.
  coder_.import_ends = "succeeded";
  const auto again = Push();
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  EXPECT_EQ(again->version, Name() + ".2");
  EXPECT_FALSE(Push()->uploaded) << "the numbered version is of the same content";
}

TEST_F(PushTemplateTest, MissingVariablesAreExplained) {
  coder_.import_ends = "failed";
  coder_.import_error = "required template variables need values";
  coder_.import_error_code = "REQUIRED_TEMPLATE_VARIABLES";
  EXPECT_THAT(Problem(), HasSubstr("--variable NAME=VALUE"));
  EXPECT_TRUE(coder_.template_object.is_null());
}

TEST_F(PushTemplateTest, WithoutAProvisionerNobodyWaits) {
  coder_.provisioners = 0;
  EXPECT_THAT(Problem(), HasSubstr("no provisioner"));
  EXPECT_EQ(coder_.Find("v1").status, "canceled");
  EXPECT_LT(clock_.passed(), Millis(10'000));
}

TEST_F(PushTemplateTest, EachLineOfTheLogIsShownOnceAndCannotSteerATerminal) {
  coder_.import_looks = 5;
  coder_.import_log = {"first", "\x1b]0;title\x07second\nline", ""};
  MustPush();
  Content("two");
  ASSERT_TRUE(Push().ok());
  EXPECT_EQ(said_.find("first"), said_.rfind("first"));
  EXPECT_THAT(said_, HasSubstr("second line\nImporting\n"));
  EXPECT_THAT(said_, Not(HasSubstr("\x1b")));
}

TEST_F(PushTemplateTest, StoppingCancelsTheImport) {
  coder_.import_looks = 1'000;
  http_.answer = [this](const http::Request& request) {
    if (request.target.find("/logs") != std::string::npos) stop_.request_stop();
    return coder_.Answer(request);
  };
  const auto pushed = Push();
  ASSERT_FALSE(pushed.ok());
  EXPECT_EQ(pushed.error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(coder_.Find("v1").status, "canceled");
  EXPECT_TRUE(coder_.template_object.is_null());
}

TEST_F(PushTemplateTest, AnEndlessImportEndsByOurClock) {
  coder_.import_looks = 1'000'000;
  EXPECT_THAT(Problem(), HasSubstr("more than an hour"));
  EXPECT_EQ(coder_.Find("v1").status, "canceled");
}

TEST_F(PushTemplateTest, ARedSmokeTaskKeepsTheActiveVersionAndArchivesTheNewOne) {
  MustPush();
  const std::string before = coder_.ActiveName();
  Content("two");
  smoke_ = Red;
  const std::string problem = Problem();
  EXPECT_THAT(problem, HasSubstr("the task failed"));
  EXPECT_THAT(problem, HasSubstr("version " + before + " stays active"));
  EXPECT_EQ(coder_.ActiveName(), before);
  EXPECT_TRUE(coder_.Find(Name()).archived);
  EXPECT_EQ(coder_.Count("PATCH /templates"), 0);
}

TEST_F(PushTemplateTest, AGreenSmokeTaskIsRunBeforeActivating) {
  MustPush();
  const std::string before = coder_.ActiveName();
  Content("two");
  std::vector<std::string> tried;
  smoke_ = [&](const coder::TemplateVersion& version) -> Status {
    tried.push_back(version.name);
    EXPECT_EQ(coder_.ActiveName(), before);
    return Ok{};
  };
  ASSERT_TRUE(Push().ok());
  EXPECT_THAT(tried, ElementsAre(Name()));
  ASSERT_TRUE(Push().ok());
  EXPECT_EQ(tried.size(), 1u) << "what is active already is not tried again";
}

TEST_F(PushTemplateTest, ANewTemplateIsRemovedAfterARedSmokeTask) {
  smoke_ = Red;
  EXPECT_THAT(Problem(), HasSubstr("the template is removed again"));
  EXPECT_TRUE(coder_.template_object.is_null());
}

TEST_F(PushTemplateTest, RefusedSettingsBringTheOldVersionBack) {
  MustPush();
  const std::string before = coder_.ActiveName();
  Content("two");
  request_.settings.description = "Other.";
  http_.answer = [this](const http::Request& request) -> Result<http::Response> {
    if (request.method == "PATCH" && request.target == "/api/v2/templates/t1") {
      return http::Response{400, {}, R"({"message":"no such icon"})"};
    }
    return coder_.Answer(request);
  };
  const std::string problem = Problem();
  EXPECT_THAT(problem, HasSubstr("no such icon"));
  EXPECT_THAT(problem, HasSubstr("version " + before + " is active again"));
  EXPECT_EQ(coder_.ActiveName(), before);
  EXPECT_EQ(coder_.Count("PATCH /templates/t1/versions"), 2);
}

TEST_F(PushTemplateTest, NoActivateImportsOnly) {
  request_.activate = false;
  EXPECT_THAT(Problem(), HasSubstr("leave out --no-activate"));
  EXPECT_EQ(coder_.Count("POST"), 0);
  request_.activate = true;
  MustPush();
  const std::string before = coder_.ActiveName();
  Content("two");
  request_.activate = false;
  const auto pushed = Push();
  ASSERT_TRUE(pushed.ok());
  EXPECT_TRUE(pushed->uploaded);
  EXPECT_FALSE(pushed->activated);
  EXPECT_EQ(coder_.ActiveName(), before);
  EXPECT_EQ(coder_.Find(Name()).status, "succeeded");
}

}  // namespace
}  // namespace ameide::generator::testing
