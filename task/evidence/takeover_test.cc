#include "task/evidence/takeover.h"

#include "base/strings.h"
#include "base/testing/golden.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TaskSpec SpecOf(const TaskResult& result) {
  TaskSpec spec;
  spec.work_id = result.work_id;
  spec.run_id = result.run_id;
  spec.kind = result.kind;
  spec.profile = result.profile;
  spec.repository.url = result.repository_url;
  spec.repository.ref = result.repository_ref;
  spec.command = result.command;
  spec.context.dev_brief = "Round tax per line.\n\nKeep the public interface.";
  return spec;
}

TEST(Takeover, FollowupLooksAsAgreed) {
  const TaskResult result = testing::SampleViolation();
  EXPECT_GOLDEN(FollowupText(SpecOf(result), result, {true, true}),
                "task/evidence/testdata/followup_violation.md");
}

TEST(Takeover, NamesOnlyWhatIsThere) {
  TaskResult result = testing::SampleViolation();
  const TaskSpec spec = SpecOf(result);
  const std::string diff = FollowupText(spec, result, {false, true});
  EXPECT_THAT(diff, Not(HasSubstr("git bundle")));
  EXPECT_THAT(diff, HasSubstr("git apply"));
  const std::string nothing = FollowupText(spec, result, {});
  EXPECT_THAT(nothing, Not(HasSubstr("    git ")));
  EXPECT_THAT(nothing, HasSubstr("left no change"));
  result.findings.clear();
  result.artifact.tests = {};
  const std::string less = FollowupText(spec, result, {});
  EXPECT_THAT(less, Not(HasSubstr("## Tests")));
  EXPECT_THAT(less, Not(HasSubstr("## Guardrails")));
}

// What a run says must not read like something that we say.
TEST(Takeover, TextsOfARunStayQuoted) {
  const std::string attack = "x`` ``` \n# Heading\n\n```\n- [link](http://x)\x1b[31m\xff\n";
  TaskResult result = testing::SampleViolation();
  TaskSpec spec = SpecOf(result);
  spec.context.dev_brief = attack;
  spec.command = {attack};
  spec.repository.ref = attack;
  result.reason = attack;
  result.artifact.tests.failing = {attack};
  result.artifact.changed_files = {attack};
  result.findings = {{attack, attack, attack, attack, attack, {attack}}};
  const std::string text = FollowupText(spec, result, {true, true});
  EXPECT_EQ(ToPrintable(text), text);
  for (const std::string_view line : StrSplit(text, '\n')) {
    EXPECT_FALSE(line.starts_with("# Heading") || line.starts_with("```") ||
                 line.starts_with("- [link]"))
        << line;
    if (line.starts_with("    ")) continue;
    if (line.find("# Heading") != line.npos) {
      EXPECT_NE(line.find("````"), line.npos) << line;  // a longer fence than any inside
    }
  }
}

TEST(Takeover, SizeIsBounded) {
  TaskResult result = testing::SampleViolation();
  TaskSpec spec = SpecOf(result);
  const std::string big(20'000, 'x');
  spec.context.dev_brief = spec.command[0] = result.reason = big;
  result.artifact.changed_files.assign(200, big);
  result.findings.assign(200, {"r", big, big, big, big, {big}});
  const std::string text = FollowupText(spec, result, {true, true});
  EXPECT_LT(text.size(), 300'000u);
  EXPECT_THAT(text, HasSubstr("and 150 more"));
}

}  // namespace
}  // namespace ameide::task
