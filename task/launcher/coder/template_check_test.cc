#include "task/launcher/coder/template_check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/template_parameters.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

CoderTemplate Good() {
  CoderTemplate from;
  from.info.name = "ameide-code";
  from.version.job.status = coder::JobStatus::kSucceeded;
  for (const std::string_view name :
       {kParameterWorkId, kParameterKind, kParameterSpec, kParameterTtl, kParameterInstallation,
        kParameterPublishKey}) {
    coder::RichParameter parameter;
    parameter.name = name;
    from.parameters.push_back(parameter);
  }
  return from;
}

TaskSpec Spec() {
  TaskSpec spec = testing::SampleSpec("w");
  spec.ttl = Millis(600'000);
  return spec;
}

void ExpectRefused(const CoderTemplate& from, const TaskSpec& spec, const std::string& words) {
  const Status status = CheckTemplate(from, spec);
  ASSERT_FALSE(status.ok()) << words;
  EXPECT_EQ(status.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(status.error().ToString(), HasSubstr(words));
}

TEST(CheckTemplate, TakesOurOwn) {
  const Status status = CheckTemplate(Good(), Spec());
  EXPECT_TRUE(status.ok()) << status.error().ToString();
}

TEST(CheckTemplate, RefusesAVersionThatIsNotReady) {
  CoderTemplate from = Good();
  from.info.deprecated = true;
  from.info.deprecation_message = "use code2";
  ExpectRefused(from, Spec(), "use code2");
  from = Good();
  from.version.job.status = coder::JobStatus::kRunning;
  ExpectRefused(from, Spec(), "still being imported");
  from.version.job = {.status = coder::JobStatus::kFailed, .error = "no such variable"};
  ExpectRefused(from, Spec(), "no such variable");
  from = Good();
  from.version.archived = true;
  ExpectRefused(from, Spec(), "archived");
}

TEST(CheckTemplate, RefusesOtherParameters) {
  for (size_t i = 0; i < 5; ++i) {
    CoderTemplate from = Good();
    from.parameters[i].is_mutable = true;
    ExpectRefused(from, Spec(), "can be changed later");
    from = Good();
    from.parameters.erase(from.parameters.begin() + static_cast<long>(i));
    ExpectRefused(from, Spec(), "it has no parameter");
  }
  CoderTemplate from = Good();
  from.parameters.push_back({.name = "cpu", .required = true});
  ExpectRefused(from, Spec(), "it requires a parameter cpu");
  from.parameters.back().required = false;
  EXPECT_TRUE(CheckTemplate(from, Spec()).ok());
}

TEST(CheckTemplate, AskForAPullRequestNeedsTheKeysParameter) {
  CoderTemplate from = Good();
  from.parameters.pop_back();
  EXPECT_TRUE(CheckTemplate(from, Spec()).ok());
  TaskSpec spec = Spec();
  spec.pull_request = PullRequest{};
  ExpectRefused(from, spec, "ameide_publish_key");
}

TEST(CheckTemplate, RefusesAnAccountThatIsNotLinked) {
  CoderTemplate from = Good();
  from.accounts = {{.id = "github", .authenticate_url = "https://c.test/ext"}};
  ExpectRefused(from, Spec(), "https://c.test/ext");
  from.accounts[0].optional = true;
  EXPECT_TRUE(CheckTemplate(from, Spec()).ok());
}

TEST(CheckTemplate, RefusesATtlOrSpecOutOfBounds) {
  TaskSpec spec = Spec();
  spec.ttl = Millis(299'000);
  ExpectRefused(Good(), spec, "shorter than 300 seconds");
  CoderTemplate from = Good();
  from.parameters[3].validation_max = 599;
  ExpectRefused(from, Spec(), "longer than the template allows");
  from.parameters[3].validation_max = 600;
  EXPECT_TRUE(CheckTemplate(from, Spec()).ok());
  spec = Spec();
  spec.context.dev_brief = std::string(100'000, 'x');
  ExpectRefused(Good(), spec, "bytes as a parameter");
}

TEST(WorkspaceTtl, IsInWholeMinutesAndNeverShorter) {
  TaskSpec spec = Spec();
  for (const int64_t ttl : {300'000, 300'001, 359'999, 360'000}) {
    spec.ttl = Millis(ttl);
    EXPECT_EQ(WorkspaceTtl(spec).count() % 60'000, 0);
    EXPECT_GE(WorkspaceTtl(spec), spec.ttl + Millis(30 * 60'000));
  }
}

TEST(ParametersOf, PassesAKeyOnlyToTemplatesThatKnowIt) {
  CoderTemplate from = Good();
  const auto all = ParametersOf(Spec(), "0123456789abcdef", "", from.parameters);
  EXPECT_THAT(all, UnorderedElementsAre(Key("ameide_work_id"), Key("ameide_kind"),
                                        Key("ameide_spec"), Key("ameide_ttl_seconds"),
                                        Key("ameide_installation"), Key("ameide_publish_key")));
  EXPECT_EQ(all.at("ameide_installation"), "0123456789abcdef");
  EXPECT_EQ(all.at("ameide_ttl_seconds"), "600");
  from.parameters.pop_back();
  EXPECT_EQ(ParametersOf(Spec(), "", "", from.parameters).size(), 5u);
}

}  // namespace
}  // namespace ameide::task
