// Two runs as the agent program would report them, for the tests of this room.
#pragma once

#include "base/testing/fake_clock.h"
#include "task/contract/run_log.h"
#include "task/contract/task_result.h"

namespace ameide::task::testing {

inline TaskResult SampleSuccess() {
  using std::chrono::milliseconds;
  const WallTime start = ameide::testing::FakeClock().Now();
  TaskResult result;
  result.work_id = "PBI-1042.patch";
  result.run_id = "pbi-1042-patch-7f3a";
  result.profile = "code";
  result.kind = TaskKind::kPatch;
  result.state = TaskState::kCompleted;
  result.outcome = Outcome::kSuccess;
  result.exit_code = 0;
  result.started_at = start;
  result.finished_at = start + milliseconds(187'400);
  result.command = {"ameide", "test", "--scope", "billing and 'tax'"};
  result.repository_url = "https://git.example.com/ameide/shop.git";
  result.repository_ref = "main";
  result.base_commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  result.phases = {
      {Phase::kCheckout, start + milliseconds(900), milliseconds(8'600), Outcome::kSuccess},
      {Phase::kEdit, start + milliseconds(9'600), milliseconds(122'000), Outcome::kSuccess},
      {Phase::kVerify, start + milliseconds(131'700), milliseconds(51'300), Outcome::kSuccess},
      {Phase::kPr, start + milliseconds(183'100), milliseconds(4'100), Outcome::kSuccess}};
  result.artifact.pr_url = "https://git.example.com/ameide/shop/pull/318";
  result.artifact.summary =
      "Rounds tax per line instead of per invoice and covers both with tests.";
  result.artifact.tests = {214, 209, 0, 0, 5, {}};
  result.artifact.changed_files = {"billing/tax.py", "billing/tax_test.py"};
  result.artifact.risks = {"Invoices that are open now change by up to one cent."};
  return result;
}

inline TaskResult SampleViolation() {
  TaskResult result = SampleSuccess();
  result.work_id = "PBI-1043.patch";
  result.run_id = "pbi-1043-patch-09c1";
  result.state = TaskState::kFailed;
  result.outcome = Outcome::kFailure;
  result.failure = FailureClass::kGuardrailViolation;
  result.reason = "1 of 3 changed paths is forbidden by profile code; nothing was published";
  result.phases.pop_back();
  result.phases.back().outcome = Outcome::kFailure;
  result.findings = {{"path-denied",
                      ".github/workflows/release.yaml",
                      "the path matches deny pattern .github/**",
                      "workflows run with the repository's credentials",
                      "profiles/code.yaml, guardrails.deny_paths",
                      {"Undo the change: git checkout -- .github/workflows/release.yaml",
                       "Ask a maintainer to make it in a reviewed pull request"}}};
  result.artifact.pr_url.clear();
  result.artifact.summary.clear();
  result.artifact.tests = {
      214, 206, 2,
      1,   5,   {"billing.tax.rounds_up", "billing.tax.zero_rate", "shop.checkout.import_error"}};
  result.artifact.changed_files.push_back(".github/workflows/release.yaml");
  return result;
}

inline std::string SampleLog() {
  const WallTime start = ameide::testing::FakeClock().Now();
  std::string log = EncodeLog(start, LogStream::kAgent, "checked out main at 4b825dc642cb\n");
  log += EncodeLog(start + std::chrono::seconds(10), LogStream::kStdout, "collecting ... ");
  log += EncodeLog(start + std::chrono::seconds(11), LogStream::kStderr,
                   "\x1b[33mwarning\x1b[0m: tax table of 2025 is used\n");
  log += EncodeLog(start + std::chrono::seconds(12), LogStream::kStdout, "214 tests\n");
  return log;
}

inline constexpr char kSampleDiff[] =
    "diff --git a/billing/tax.py b/billing/tax.py\n"
    "index 83db48f..bf2a1c3 100644\n"
    "--- a/billing/tax.py\n"
    "+++ b/billing/tax.py\n"
    "@@ -12,6 +12,7 @@ def tax(invoice):\n"
    "     rate = rate_of(invoice.country)\n"
    "-    return round(invoice.net * rate, 2)\n"
    "+    lines = invoice.lines\n"
    "+    return sum(round(line.net * rate, 2) for line in lines)\n"
    " \n"
    " def rate_of(country):\n"
    "diff --git a/billing/tax_test.py b/billing/tax_test.py\n"
    "new file mode 100644\n"
    "--- /dev/null\n"
    "+++ b/billing/tax_test.py\n"
    "@@ -0,0 +1,2 @@\n"
    "+def test_rounds_each_line():\n"
    "+    assert tax(two_lines) == 0.02\n";

}  // namespace ameide::task::testing
