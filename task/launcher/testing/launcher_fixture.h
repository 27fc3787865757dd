// A launcher over the fake backend, in a world that outlives it.
#pragma once

#include <memory>
#include <string>

#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/bundle.h"
#include "task/launcher/launcher.h"
#include "task/launcher/record_store.h"
#include "task/launcher/testing/fake_backend.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task::testing {

inline constexpr char kWork[] = "work-1";

struct LauncherFixture : ::testing::Test {
  LauncherFixture() : log(Log::Silent(clock)) { options.evidence_root = dir.path() / "evidence"; }

  LaunchContext Context() { return {stop.get_token(), clock, log}; }
  // A launcher of its own, as another process would have.
  std::unique_ptr<Launcher> NewLauncher() {
    return std::make_unique<Launcher>(std::make_unique<FakeBackend>(world), dir.path() / "records");
  }
  Result<TaskRecord> Run(const std::string& work_id = kWork) {
    return NewLauncher()->Run(Context(), SampleSpec(work_id), SampleProfile(), options);
  }
  TaskRecord MustRun() {
    Result<TaskRecord> record = Run();
    EXPECT_TRUE(record.ok()) << record.error().ToString();
    return record.ok() ? *record : TaskRecord{};
  }
  // Whatever happened: the workspace is gone, the bundle is good and says what the record says.
  void ExpectClosed(const TaskRecord& record, Outcome outcome, FailureClass failure) {
    EXPECT_EQ(record.result.outcome, outcome) << record.result.reason;
    EXPECT_EQ(record.result.failure, failure) << record.result.reason;
    EXPECT_TRUE(record.workspace_gone) << Warnings(record);
    EXPECT_TRUE(world->Places().empty());
    ExpectEvidence(record);
  }
  void ExpectEvidence(const TaskRecord& record) {
    const auto bundle = VerifyBundle(record.evidence_directory);
    ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
    EXPECT_EQ(bundle->result, record.result);
    EXPECT_EQ(bundle->manifest_sha256, record.manifest_sha256);
    EXPECT_EQ(record.evidence_directory,
              options.evidence_root / record.spec.work_id / record.spec.run_id);
    // No half-made copies lie around.
    for (const auto& entry : fs::directory_iterator(record.evidence_directory.parent_path())) {
      EXPECT_EQ(entry.path(), record.evidence_directory);
    }
  }
  static std::string Warnings(const TaskRecord& record) {
    std::string all;
    for (const std::string& warning : record.warnings) all += warning + "\n";
    return all;
  }

  ::ameide::testing::TempDir dir;
  ::ameide::testing::FakeClock clock;
  Log log;
  std::stop_source stop;
  RunOptions options;
  std::shared_ptr<FakeWorld> world = std::make_shared<FakeWorld>();
};

}  // namespace ameide::task::testing
