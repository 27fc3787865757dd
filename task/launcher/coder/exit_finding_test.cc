#include "task/launcher/coder/exit_finding.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

constexpr char kRun[] = "run-1";
const std::string kDigest(64, 'a');

coder::Agent Agent(coder::Lifecycle lifecycle, std::optional<int64_t> code = {},
                   std::string status = "") {
  coder::Agent agent;
  agent.id = "f6";
  agent.lifecycle = lifecycle;
  agent.scripts = {{"9a", std::string(kScriptDisplayName), code, std::move(status)}};
  return agent;
}

coder::ScriptTiming Timing(int64_t code, std::string status = "exit_failure") {
  return {std::string(kScriptDisplayName), "start", std::move(status), "f6", code};
}

coder::LogLine Line(std::string output, std::string source = "9a") {
  return {1, "error", "", std::move(source), std::move(output)};
}

std::string Sentinel(int code, const std::string& run = kRun) {
  return StrCat("ameide: run ", run, " ended: outcome=failure exit=", code,
                " manifest=sha256:", kDigest);
}

TEST(FindExit, TheWitnessesAreAskedInOrder) {
  using coder::Lifecycle;
  const auto script = Agent(Lifecycle::kStartError, 3, "exit_failure");
  const auto silent = Agent(Lifecycle::kStartError);
  EXPECT_EQ(FindExit(script, {Timing(3)}, {Line(Sentinel(3))}, kRun).source, "script");
  EXPECT_EQ(FindExit(silent, {Timing(3)}, {Line(Sentinel(3))}, kRun).source, "timings");
  EXPECT_EQ(FindExit(silent, {}, {Line(Sentinel(3))}, kRun).source, "log");
  const ExitFinding ready = FindExit(Agent(Lifecycle::kReady), {}, {}, kRun);
  EXPECT_EQ(ready.source, "lifecycle");
  EXPECT_EQ(ready.code, 0);
  const ExitFinding nothing = FindExit(silent, {}, {}, kRun);
  EXPECT_FALSE(nothing.reported());
  EXPECT_EQ(nothing.source, "");
}

TEST(FindExit, OnlyOurScriptsTimingsCount) {
  const auto agent = Agent(coder::Lifecycle::kStartError);
  std::vector<coder::ScriptTiming> others(3, Timing(7));
  others[0].display_name = "other";
  others[1].stage = "stop";
  others[2].agent_id = "another";
  EXPECT_FALSE(FindExit(agent, others, {}, kRun).code);
}

TEST(FindExit, TwoHundredFiftyFiveIsNoCodeWhenCoderMeansSomethingElse) {
  for (const char* status : {"timed_out", "pipes_left_open"}) {
    const auto finding =
        FindExit(Agent(coder::Lifecycle::kStartError, 255, status), {}, {Line(Sentinel(0))}, kRun);
    EXPECT_EQ(finding.status, status);
    EXPECT_EQ(finding.code, 0) << "the agent program's own word";
    EXPECT_EQ(finding.disagreement, "");
  }
  EXPECT_EQ(FindExit(Agent(coder::Lifecycle::kStartError, 255, "exit_failure"), {}, {}, kRun).code,
            255);
}

TEST(FindExit, TheLastSentinelOfThisRunAndScriptCounts) {
  const auto agent = Agent(coder::Lifecycle::kStartError);
  const auto finding =
      FindExit(agent, {},
               {Line(Sentinel(1)), Line("text"), Line(Sentinel(2)), Line(Sentinel(9), "other"),
                Line(Sentinel(8, "run-2")), Line(StrCat("x", Sentinel(7)))},
               kRun);
  EXPECT_EQ(finding.code, 2);
  EXPECT_EQ(finding.manifest_sha256, kDigest);
}

TEST(FindExit, AMalformedSentinelIsNone) {
  const auto agent = Agent(coder::Lifecycle::kStartError);
  for (const char* tail : {"", "exit=", "exit=x", "exit=3x", "exit=99999999999999999999"}) {
    EXPECT_FALSE(FindExit(agent, {}, {Line(StrCat("ameide: run run-1 ended: ", tail))}, kRun).code)
        << tail;
  }
  const auto finding =
      FindExit(agent, {},
               {Line("ameide: run run-1 ended: outcome=success exit=0 manifest=sha256:zz")}, kRun);
  EXPECT_EQ(finding.code, 0);
  EXPECT_EQ(finding.manifest_sha256, "");
}

TEST(FindExit, WitnessesThatDisagreeAreNamed) {
  EXPECT_THAT(FindExit(Agent(coder::Lifecycle::kStartError, 3, "exit_failure"), {},
                       {Line(Sentinel(4))}, kRun)
                  .disagreement,
              HasSubstr("3 (script), the agent program's last line 4"));
  EXPECT_THAT(
      FindExit(Agent(coder::Lifecycle::kReady, 3, "exit_failure"), {}, {}, kRun).disagreement,
      HasSubstr("success"));
}

TEST(Disagreement, TheEvidenceMustSayWhatTheScriptEndedWith) {
  const struct {
    std::optional<int> script;
    FailureClass failure;
    std::optional<int> command;
    bool agree;
  } kCases[] = {{0, FailureClass::kNone, 0, true},
                {3, FailureClass::kCommandFailed, 3, true},
                {0, FailureClass::kCommandFailed, 3, false},
                {3, FailureClass::kNone, 0, false},
                {137, FailureClass::kNone, 0, false},
                {-1, FailureClass::kNone, 0, false},
                {kExitGuardrailViolation, FailureClass::kGuardrailViolation, 0, true},
                {0, FailureClass::kGuardrailViolation, 0, false},
                {kExitCancelled, FailureClass::kCancelled, {}, true},
                {{}, FailureClass::kCommandFailed, 3, true}};
  for (const auto& one : kCases) {
    ExitFinding finding;
    finding.code = one.script;
    TaskResult result;
    result.failure = one.failure;
    result.outcome = OutcomeOf(one.failure);
    result.exit_code = one.command;
    EXPECT_EQ(Disagreement(finding, result).empty(), one.agree)
        << one.script.value_or(-99) << " " << ToString(one.failure);
  }
}

}  // namespace
}  // namespace ameide::task
