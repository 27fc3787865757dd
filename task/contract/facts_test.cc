#include "task/contract/facts.h"

#include "base/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TaskSpec Spec() {
  TaskSpec spec;
  spec.work_id = "w-1";
  spec.run_id = "r-1";
  spec.kind = TaskKind::kPatch;
  spec.profile = "code";
  return spec;
}

TEST(Facts, ProgressIsACloudEvent) {
  const WallTime time = ameide::testing::FakeClock().Now();
  EXPECT_EQ(ProgressFact(Spec(), 1, time, Phase::kCheckout, "started").Dump(),
            R"({"specversion":"1.0","id":"r-1-1","source":"urn:ameide:agent:code",)"
            R"("type":"io.ameide.agent.fact.work.progressed.v1","subject":"w-1",)"
            R"("time":"2026-01-02T03:04:05.000000Z","datacontenttype":"application/json",)"
            R"("data":{"work_id":"w-1","run_id":"r-1","kind":"patch","phase":"checkout",)"
            R"("status":"started"}})");
}

TEST(Facts, ContextBecomesExtensionsAndData) {
  TaskSpec spec = Spec();
  spec.context.tenant_id = "acme";
  spec.context.correlation_id = "c-1\n";
  spec.context.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  spec.context.goal_ids = {"g-1"};
  const Json event = ProgressFact(spec, 2, WallTime(), Phase::kEdit, "started");
  EXPECT_EQ(*event.Find("tenantid")->AsString(), "acme");
  EXPECT_EQ(*event.Find("correlationid")->AsString(), "c-1 ");
  EXPECT_EQ(*event.Find("traceparent")->AsString(), spec.context.traceparent);
  EXPECT_EQ(*event.Find("data")->Find("goal_ids"), Json::Strings({"g-1"}));
  EXPECT_EQ(event.Find("data")->Find("sprint_id"), nullptr);
}

TEST(Facts, AQuestionNeedsInputSuccessIsCompletedAndEverythingElseFailed) {
  for (const FailureClass failure : AllFailureClasses()) {
    TaskResult result;
    result.failure = failure;
    result.outcome = OutcomeOf(failure);
    result.state = StateOf(failure);
    result.finished_at = ameide::testing::FakeClock().Now();
    result.exit_code = 1;
    result.reason = "why";
    result.artifact.pr_url = "https://example.com/pull/1";
    const Json event = FinalFact(Spec(), 3, result);
    const bool success = failure == FailureClass::kNone;
    std::string name = success ? "completed" : "failed";
    if (failure == FailureClass::kInputRequired) name = "needs_input";
    EXPECT_EQ(*event.Find("type")->AsString(), "io.ameide.agent.fact.work." + name + ".v1");
    EXPECT_EQ(*event.Find("time")->AsString(), "2026-01-02T03:04:05.000000Z");
    EXPECT_EQ(*event.Find("id")->AsString(), "r-1-3");
    const Json& data = *event.Find("data");
    EXPECT_EQ(*data.Find("artifact")->Find("pr_url")->AsString(), result.artifact.pr_url);
    EXPECT_EQ(data.Find("reason") == nullptr, success);
    EXPECT_EQ(*data.Find("outcome")->AsString(), ToString(result.outcome));
  }
}

}  // namespace
}  // namespace ameide::task
