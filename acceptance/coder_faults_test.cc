// A whole task by the launcher for every way in which the simulated Coder server can misbehave: the
// outcome, the evidence, and what is left, which is nothing or a debt that the record names.
#include <set>
#include <thread>

#include "acceptance/testing/coder_fault_rows.h"
#include "acceptance/testing/coder_fixture.h"
#include "acceptance/testing/hurried_clock.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "task/evidence/bundle.h"

namespace ameide::acceptance {
namespace {

using simulator::Fault;
using task::Outcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Faults that no run meets: a test of their own.
constexpr std::pair<Fault, const char*> kElsewhere[] = {
    {Fault::kImportFails, "AVersionWhoseImportFailedIsRefusedBeforeAnythingIsMade"},
    {Fault::kWebSocketDrop, "PushTest.PassingFaultsAreWaitedOut"},
};

std::string NameOf(const ::testing::TestParamInfo<FaultRun>& info) {
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

class FaultWorld : public ::testing::Test {
 protected:
  std::unique_ptr<task::Launcher> NewLauncher(const Clock& clock,
                                              task::CoderSettings settings = {}) {
    settings.removal_bound = Millis(20'000);
    task::CoderParts parts = world_.Parts(settings, &clock);
    return std::make_unique<task::Launcher>(std::move(parts.backend), parts.records,
                                            std::move(parts.publisher));
  }
  Result<task::TaskRecord> Run(task::Launcher& launcher, const Clock& clock,
                               const char* command = "true") {
    task::RunOptions options;
    options.evidence_root = dir_.path() / "evidence";
    task::TaskSpec spec = world_.Wanted("w", {"sh", "-c", command});
    spec.timeouts.readiness = Millis(60'000);
    return launcher.Run({stop_.get_token(), clock, log_}, spec, world_.profile(), options);
  }
  bool Happened(Fault fault) {
    return world_.server().store().Read(
        [&](const simulator::State& state, WallTime) { return state.faults.Happened(fault); });
  }
  std::string FirstBuild() {
    return world_.server().store().Read([](const simulator::State& state, WallTime) {
      if (state.workspaces.empty()) return std::string();
      return simulator::ToString(state.workspaces[0].builds[0].job.status);
    });
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

class CoderFault : public FaultWorld, public ::testing::WithParamInterface<FaultRun> {
 protected:
  void Turn() {
    for (const char* knob : GetParam().also) ASSERT_TRUE(world_.server().Turn(knob).ok()) << knob;
    ASSERT_TRUE(world_.server().Turn(GetParam().knob).ok());
  }
  // Stops the run as soon as the workspace has the row's status, which it keeps for a while.
  std::jthread Interrupt() {
    const std::string status = GetParam().interrupted;
    if (status.empty()) return {};
    world_.server().store().Update(
        [](simulator::State& state, WallTime) { state.pace.work = Millis(2'000); });
    return std::jthread([this, status](std::stop_token over) {
      while (clock_.WaitFor(over, Millis(10))) {
        const auto all = world_.server().workspaces();
        if (!all.empty() && all[0].status == status) stop_.request_stop();
      }
    });
  }
  void ExpectEvidence(const task::TaskRecord& record, const std::string& warnings) {
    const auto bundle = task::VerifyBundle(record.evidence_directory);
    ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
    EXPECT_EQ(bundle->result, record.result);
    if (GetParam().evidence == Evidence::kWhole) {
      EXPECT_THAT(ReadFile(record.evidence_directory / "run.log", 1u << 20).value(),
                  HasSubstr("hello\n"));
      EXPECT_EQ(record.result.exit_code, 0);
    } else {
      EXPECT_FALSE(record.result.exit_code.has_value()) << "nobody can know it";
      EXPECT_THAT(warnings, HasSubstr("no usable evidence"));
    }
  }
  void ExpectWhatIsLeft(const task::TaskRecord& record, const std::string& warnings) {
    const bool debt = GetParam().left == Left::kDebt;
    EXPECT_EQ(record.workspace_gone, !debt) << warnings;
    EXPECT_THAT(warnings, HasSubstr(GetParam().warning));
    if (debt) {
      EXPECT_THAT(warnings, HasSubstr("the workspace may still be there"));
      EXPECT_THAT(warnings, HasSubstr("ameide-launcher sweep"));
    }
    // Once the server is well again, a sweep pays every debt.
    for (const auto& each : simulator::FaultTable()) world_.server().Clear(each.fault);
    const auto swept =
        NewLauncher(clock_)->Sweep(task::LaunchContext{std::stop_token(), clock_, log_});
    ASSERT_TRUE(swept.ok()) << swept.error().ToString();
    EXPECT_TRUE(swept->problems.empty()) << swept->problems[0].ToString();
    EXPECT_THAT(Live(), IsEmpty());
  }
};

TEST_P(CoderFault, EndsTruthfullyAndLeavesNothingOrADebt) {
  const FaultRun& row = GetParam();
  const HurriedClock hurried(row.hurry);
  Turn();
  const std::jthread user = Interrupt();
  const auto launcher = NewLauncher(hurried);
  const Result<task::TaskRecord> record =
      Run(*launcher, hurried,
          row.long_command ? "echo hello; sleep 600" : "echo hello; sleep 1; seq 1 2000");
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_TRUE(Happened(row.fault));
  const std::string warnings = StrJoin(record->warnings, "\n");
  EXPECT_EQ(ToString(record->result.outcome), ToString(row.outcome))
      << record->result.reason << "\n"
      << warnings;
  EXPECT_THAT(record->result.reason, HasSubstr(row.reason));
  EXPECT_EQ(FirstBuild(), row.first_build);
  ExpectEvidence(*record, warnings);
  ExpectWhatIsLeft(*record, warnings);
  for (const simulator::RequestRecord& request : world_.server().requests()) {
    EXPECT_THAT(request.violations, IsEmpty()) << request.target;
  }
}

TEST_F(FaultWorld, AVersionWhoseImportFailedIsRefusedBeforeAnythingIsMade) {
  ASSERT_TRUE(world_.server().Turn("import-fails=1").ok());
  auto& coder = world_.simulated();
  const auto known = coder.Get("/organizations/default/templates/ameide-code");
  const auto active = coder.Get("/templateversions/" + known.Text("active_version_id"));
  const Json body = Json::Object{{"file_id", active.Text("job.file_id")},
                                 {"storage_method", "file"},
                                 {"provisioner", "terraform"},
                                 {"template_id", known.Text("id")}};
  const std::string failed =
      coder.Call("POST", "/organizations/default/templateversions", body).Text("id");
  coder.Until("/templateversions/" + failed, "job.status", {"failed"});
  const auto launcher = NewLauncher(clock_, {.template_version = failed});
  const Result<task::TaskRecord> refused = Run(*launcher, clock_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(refused.error().ToString(), HasSubstr("terraform plan: exit status 1"));
  EXPECT_THAT(world_.server().workspaces(), IsEmpty());
  EXPECT_FALSE(Exists(dir_.path() / "evidence"));
  // The template's active version is as good as before.
  const Result<task::TaskRecord> record = Run(*NewLauncher(clock_), clock_);
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->result.outcome, Outcome::kSuccess);
}

INSTANTIATE_TEST_SUITE_P(Coder, CoderFault, ::testing::ValuesIn(FaultRows()), NameOf);

TEST(CoderFaults, EveryKnobHasItsRow) {
  std::multiset<Fault> with_rows;
  for (const FaultRun& row : FaultRows()) with_rows.insert(row.fault);
  for (const auto& [fault, test] : kElsewhere) with_rows.insert(fault);
  for (const simulator::FaultRow& knob : simulator::FaultTable()) {
    EXPECT_EQ(with_rows.count(knob.fault), 1u) << knob.name;
    for (const FaultRun& row : FaultRows()) {
      if (row.fault != knob.fault) continue;
      EXPECT_EQ(std::string_view(row.knob).substr(0, knob.name.size()), knob.name);
    }
  }
}

}  // namespace
}  // namespace ameide::acceptance
