#include "task/launcher/coder/run_watch.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

using coder::AgentStatus;
using coder::JobStatus;
using coder::Lifecycle;
using coder::Transition;
using State = RunVerdict::State;
using ::testing::HasSubstr;

const MonoTime kStart{std::chrono::hours(1)};
const WallTime kWall{std::chrono::hours(500'000)};
constexpr Millis kMinute{60'000};

coder::Workspace Running(AgentStatus status, Lifecycle lifecycle) {
  coder::Workspace workspace;
  workspace.latest_build.transition = Transition::kStart;
  workspace.latest_build.job.status = JobStatus::kSucceeded;
  workspace.latest_build.created_at = kWall;
  coder::Agent agent;
  agent.name = kAgentName;
  agent.status = status;
  agent.lifecycle = lifecycle;
  if (status == AgentStatus::kConnected || status == AgentStatus::kDisconnected) {
    agent.first_connected_at = kWall + kMinute;
  }
  workspace.latest_build.agents = {agent};
  return workspace;
}

coder::Workspace Building(JobStatus status) {
  coder::Workspace workspace;
  workspace.latest_build.transition = Transition::kStart;
  workspace.latest_build.job.status = status;
  return workspace;
}

RunLimits Limits() { return {.readiness = 10 * kMinute, .ttl = 30 * kMinute}; }

State Judge(const coder::Workspace& workspace, Millis after = Millis(0)) {
  return RunWatch(Limits(), kStart).Look(workspace, kStart + after).state;
}

TEST(RunWatch, TheScriptsEndIsTheRunsEnd) {
  for (const Lifecycle end :
       {Lifecycle::kReady, Lifecycle::kStartError, Lifecycle::kStartTimeout}) {
    EXPECT_EQ(Judge(Running(AgentStatus::kConnected, end)), State::kEnded);
    // A pod that is gone by now has had its run all the same.
    EXPECT_EQ(Judge(Running(AgentStatus::kDisconnected, end)), State::kEnded);
  }
  for (const Lifecycle on : {Lifecycle::kCreated, Lifecycle::kStarting, Lifecycle::kUnknown}) {
    EXPECT_EQ(Judge(Running(AgentStatus::kConnected, on), 3 * 60 * kMinute), State::kGoesOn);
  }
}

TEST(RunWatch, SealedEvidenceIsTheRunsEnd) {
  coder::Workspace workspace = Running(AgentStatus::kConnected, Lifecycle::kStarting);
  workspace.latest_build.agents[0].apps = {
      {"other", coder::AppHealth::kHealthy},
      {std::string(kEvidenceAppSlug), coder::AppHealth::kUnhealthy}};
  EXPECT_EQ(Judge(workspace), State::kGoesOn);
  workspace.latest_build.agents[0].apps[1].health = coder::AppHealth::kHealthy;
  EXPECT_EQ(Judge(workspace), State::kEnded);
}

TEST(RunWatch, ABuildThatFailsSaysWhy) {
  coder::Workspace workspace = Building(JobStatus::kFailed);
  workspace.latest_build.job.error = "terraform apply:\nquota";
  workspace.latest_build.job.error_code = "INSUFFICIENT_QUOTA";
  const RunVerdict verdict = RunWatch(Limits(), kStart).Look(workspace, kStart);
  EXPECT_EQ(verdict.state, State::kLost);
  EXPECT_THAT(verdict.why, HasSubstr("terraform apply: quota (INSUFFICIENT_QUOTA)"));
  EXPECT_EQ(Judge(Building(JobStatus::kCanceled)), State::kLost);
}

TEST(RunWatch, NobodyToBuildItIsKnownAtOnce) {
  coder::Workspace workspace = Building(JobStatus::kPending);
  EXPECT_EQ(Judge(workspace), State::kGoesOn);
  workspace.latest_build.matched_provisioners = coder::MatchedProvisioners{1, 0};
  EXPECT_EQ(Judge(workspace), State::kGoesOn) << "all are busy; one will come";
  workspace.latest_build.matched_provisioners = coder::MatchedProvisioners{0, 0};
  EXPECT_EQ(Judge(workspace), State::kLost);
}

TEST(RunWatch, ReadinessHasAClockOfItsOwn) {
  const coder::Workspace cases[] = {Building(JobStatus::kRunning), Building(JobStatus::kUnknown),
                                    Running(AgentStatus::kConnecting, Lifecycle::kCreated),
                                    Running(AgentStatus::kTimeout, Lifecycle::kCreated)};
  for (const coder::Workspace& workspace : cases) {
    EXPECT_EQ(Judge(workspace, 10 * kMinute - Millis(1)), State::kGoesOn);
    EXPECT_EQ(Judge(workspace, 10 * kMinute), State::kLost);
  }
}

TEST(RunWatch, AnAgentMayComeBack) {
  RunWatch watch(Limits(), kStart);
  const auto away = Running(AgentStatus::kDisconnected, Lifecycle::kStarting);
  const auto here = Running(AgentStatus::kConnected, Lifecycle::kStarting);
  EXPECT_EQ(watch.Look(away, kStart).state, State::kGoesOn);
  EXPECT_EQ(watch.Look(away, kStart + 4 * kMinute).state, State::kGoesOn);
  EXPECT_EQ(watch.Look(here, kStart + 5 * kMinute).state, State::kGoesOn);
  EXPECT_EQ(watch.Look(away, kStart + 6 * kMinute).state, State::kGoesOn);
  EXPECT_EQ(watch.Look(away, kStart + 11 * kMinute).state, State::kLost);
}

TEST(RunWatch, APodThatDiedAtItsDeadlineTimedOut) {
  coder::Workspace workspace = Running(AgentStatus::kDisconnected, Lifecycle::kStarting);
  coder::Agent& agent = workspace.latest_build.agents[0];
  agent.disconnected_at = kWall + 29 * kMinute;
  EXPECT_EQ(Judge(workspace), State::kGoesOn);
  agent.disconnected_at = kWall + 30 * kMinute;
  EXPECT_EQ(Judge(workspace), State::kTimedOut);
  agent.disconnected_at.reset();
  agent.last_connected_at = kWall + 31 * kMinute;  // it fell silent
  EXPECT_EQ(Judge(workspace), State::kTimedOut);
}

TEST(RunWatch, AWorkspaceThatIsTakenAwayIsLost) {
  for (const Transition transition : {Transition::kStop, Transition::kDelete}) {
    coder::Workspace workspace = Running(AgentStatus::kConnected, Lifecycle::kStarting);
    workspace.latest_build.transition = transition;
    workspace.latest_build.reason = "autostop";
    const RunVerdict verdict = RunWatch(Limits(), kStart).Look(workspace, kStart);
    EXPECT_EQ(verdict.state, State::kLost);
    EXPECT_THAT(verdict.why, HasSubstr("autostop"));
  }
  EXPECT_EQ(Judge(Running(AgentStatus::kConnected, Lifecycle::kShuttingDown)), State::kLost);
}

TEST(RunWatch, ATemplateWithoutOurAgentIsNone) {
  coder::Workspace workspace = Running(AgentStatus::kConnected, Lifecycle::kStarting);
  workspace.latest_build.agents[0].name = "dev";
  EXPECT_EQ(Judge(workspace), State::kLost);
}

}  // namespace
}  // namespace ameide::task
