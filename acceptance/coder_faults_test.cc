// A whole task by the launcher for every way in which the simulated Coder server can misbehave: the
// outcome, the evidence, and what is left, which is nothing or a debt that the record names.
#include <set>

#include "acceptance/testing/coder_fixture.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "task/evidence/bundle.h"

namespace ameide::acceptance {
namespace {

using simulator::Fault;
using task::Outcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

enum class Evidence { kWhole, kFallback };
// What is there when the run is over: nothing, or a workspace that a warning names.
enum class Left { kNothing, kDebt };

struct Row {
  Fault fault;
  const char* knob;
  Outcome outcome = Outcome::kSuccess;
  Evidence evidence = Evidence::kWhole;
  Left left = Left::kNothing;
  const char* reason = "";             // in the result's reason
  std::vector<const char*> also = {};  // more knobs, without which this one would not be noticed
  bool long_command = false;           // one that would go on for minutes
  bool created = true;                 // whether Coder ever made a workspace
};

// clang-format off
const std::vector<Row>& Rows() {
  using enum Fault;
  using enum Outcome;
  static const std::vector<Row> kRows = {
      {kNameTaken, "name-taken=1", kError, Evidence::kFallback, Left::kNothing, "could not be created", {}, false, false},
      {kStillImporting, "still-importing=1", kError, Evidence::kFallback, Left::kNothing, "could not be created", {}, false, false},
      {kImportFails, "import-fails"},
      {kRateLimit, "rate-limit=3"},
      {kNoRetryAfter, "rate-limit-without-retry-after", kSuccess, Evidence::kWhole, Left::kNothing, "", {"rate-limit=2"}},
      {kCreateAnswerLost, "create-answer-lost=1"},
      {kCreateFails, "create-fails=1", kError, Evidence::kFallback, Left::kNothing, "could not be created", {}, false, false},
      {kCancelForbidden, "cancel-forbidden", kError, Evidence::kFallback, Left::kDebt, "no provisioner", {"provisioner-absent"}, true},
      {kCancelMismatch, "cancel-mismatch=1"},
      {kStuckCanceling, "stuck-canceling"},
      {kStartFails, "start-fails=1", kError, Evidence::kFallback, Left::kNothing, "could not build the workspace"},
      {kProvisionerAbsent, "provisioner-absent", kError, Evidence::kFallback, Left::kDebt, "no provisioner", {}, true},
      {kBuildActive, "build-active=2"},
      {kDeleteFails, "delete-fails", kSuccess, Evidence::kWhole, Left::kDebt},
      {kGoneAsNotFound, "gone-as-404", kSuccess, Evidence::kWhole, Left::kDebt},
      {kLogOverflow, "log-overflow"},
      {kProvisionerLogOverflow, "provisioner-log-overflow"},
      {kWebSocketDrop, "websocket-drop=2"},
      {kWatchDrop, "watch-drop"},
      {kWatchSilent, "watch-silent"},
      {kPtyDrop, "pty-drop=1", kSuccess, Evidence::kWhole, Left::kNothing, "", {"app-404"}},
      {kAppNotFound, "app-404"},
      {kAppBadGateway, "app-502"},
      {kAppForbidden, "app-disabled-403"},
      {kAppCutsBody, "app-cuts-body=2"},
      {kNoExitCodeField, "no-exit-code-field"},
      {kReportLost, "report-lost"},
      {kReportLate, "lifecycle-before-exit-code=1500"},
      {kAgentNeverConnects, "agent-never-connects", kError, Evidence::kFallback, Left::kNothing, "did not connect"},
      {kAgentDisconnects, "agent-disconnects=500"},
      {kAgentRestarts, "agent-restarts=1", kError, Evidence::kFallback, Left::kNothing, "", {}, true},
      {kAutostopMidRun, "autostop-mid-run", kError, Evidence::kFallback, Left::kNothing, "autostop", {}, true},
      {kServerError, "server-error=3"},
      {kHtmlErrors, "html-errors", kSuccess, Evidence::kWhole, Left::kNothing, "", {"server-error=2"}},
      {kUnknownFields, "unknown-fields-and-enums"},
      {kOldServer, "old-server"},
      {kNewServer, "new-server"},
      {kSlow, "slow-everything"},
  };
  return kRows;
}
// clang-format on

std::string NameOf(const ::testing::TestParamInfo<Row>& info) {
  std::string name;
  for (const char c : StrCat("-", info.param.knob)) {
    if (c == '=') break;
    if (c == '-') {
      name += ' ';
    } else {
      name += !name.empty() && name.back() == ' ' ? static_cast<char>(c >= 'a' ? c - 32 : c) : c;
    }
  }
  std::erase(name, ' ');
  return name;
}

class CoderFault : public ::testing::TestWithParam<Row> {
 protected:
  void Turn() {
    for (const char* knob : GetParam().also) ASSERT_TRUE(world_.server().Turn(knob).ok()) << knob;
    ASSERT_TRUE(world_.server().Turn(GetParam().knob).ok());
  }
  task::LaunchContext Context() { return {stop_.get_token(), clock_, log_}; }
  std::unique_ptr<task::Launcher> NewLauncher() {
    task::CoderSettings settings;
    settings.removal_bound = Millis(20'000);
    task::CoderParts parts = world_.Parts(settings);
    return std::make_unique<task::Launcher>(std::move(parts.backend), parts.records,
                                            std::move(parts.publisher));
  }
  Result<task::TaskRecord> Run() {
    task::RunOptions options;
    options.evidence_root = dir_.path() / "evidence";
    const char* command =
        GetParam().long_command ? "echo hello; sleep 600" : "echo hello; sleep 1; seq 1 2000";
    task::TaskSpec spec = world_.Wanted("w", {"sh", "-c", command});
    const bool absent = GetParam().fault == Fault::kAgentNeverConnects;
    spec.timeouts.readiness = Millis(absent ? 4'000 : 60'000);
    return NewLauncher()->Run(Context(), spec, world_.profile(), options);
  }
  std::vector<std::string> Live() {
    std::vector<std::string> names;
    for (const simulator::WorkspaceView& view : world_.server().workspaces()) {
      if (!view.deleted) names.push_back(view.name);
    }
    return names;
  }

  ameide::testing::TempDir dir_;
  SystemClock clock_;
  Log log_ = Log::Silent(clock_);
  std::stop_source stop_;
  CoderWorld world_;
};

TEST_P(CoderFault, EndsTruthfullyAndLeavesNothingOrADebt) {
  const Row& row = GetParam();
  Turn();
  const Result<task::TaskRecord> record = Run();
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  const std::string warnings = StrJoin(record->warnings, "\n");
  EXPECT_EQ(ToString(record->result.outcome), ToString(row.outcome))
      << record->result.reason << "\n"
      << warnings;
  EXPECT_THAT(record->result.reason, HasSubstr(row.reason));
  EXPECT_EQ(world_.server().workspaces().empty(), !row.created);

  const auto bundle = task::VerifyBundle(record->evidence_directory);
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
  EXPECT_EQ(bundle->result, record->result);
  if (row.evidence == Evidence::kWhole) {
    EXPECT_THAT(ReadFile(record->evidence_directory / "run.log", 1u << 20).value(),
                HasSubstr("hello\n"));
    EXPECT_EQ(record->result.exit_code, 0);
  } else {
    EXPECT_FALSE(record->result.exit_code.has_value()) << "nobody can know it";
    EXPECT_THAT(warnings, HasSubstr("no usable evidence"));
  }

  EXPECT_EQ(record->workspace_gone, row.left == Left::kNothing) << warnings;
  if (row.left == Left::kDebt) {
    EXPECT_THAT(warnings, HasSubstr("the workspace may still be there"));
    EXPECT_THAT(warnings, HasSubstr("ameide-launcher sweep"));
  }
  // Once the server is well again, a sweep pays every debt.
  for (const simulator::FaultRow& each : simulator::FaultTable()) world_.server().Clear(each.fault);
  const auto swept = NewLauncher()->Sweep(Context());
  ASSERT_TRUE(swept.ok()) << swept.error().ToString();
  EXPECT_TRUE(swept->problems.empty()) << swept->problems[0].ToString();
  EXPECT_THAT(Live(), IsEmpty());
  for (const simulator::RequestRecord& request : world_.server().requests()) {
    EXPECT_THAT(request.violations, IsEmpty()) << request.target;
  }
}

// What a failing test is called with.
void PrintTo(const Row& row, std::ostream* out) { *out << row.knob; }

INSTANTIATE_TEST_SUITE_P(Coder, CoderFault, ::testing::ValuesIn(Rows()), NameOf);

TEST(CoderFaults, EveryKnobHasItsRow) {
  std::multiset<Fault> with_rows;
  for (const Row& row : Rows()) with_rows.insert(row.fault);
  for (const simulator::FaultRow& knob : simulator::FaultTable()) {
    EXPECT_EQ(with_rows.count(knob.fault), 1u) << knob.name;
    for (const Row& row : Rows()) {
      if (row.fault != knob.fault) continue;
      EXPECT_EQ(std::string_view(row.knob).substr(0, knob.name.size()), knob.name);
    }
  }
}

}  // namespace
}  // namespace ameide::acceptance
