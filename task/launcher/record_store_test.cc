#include "task/launcher/record_store.h"

#include <thread>

#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task {
namespace {

using ::ameide::testing::FakeClock;
using ::ameide::testing::TempDir;
using ::testing::HasSubstr;

StoredRecord Sample(bool finished) {
  const FakeClock clock;
  StoredRecord stored;
  TaskRecord& record = stored.record;
  record.spec = testing::SampleSpec("job-7", {"sh", "-c", "exit 3"});
  record.spec.run_id = "run-1";
  record.requested = record.spec;
  record.result = testing::SampleResult(record.spec, FailureClass::kCommandFailed, clock.Now());
  record.backend = "local";
  record.workspace = {WorkspaceName("job-7"), "/somewhere", "job-7", "run-1"};
  record.workspace_gone = finished;
  record.evidence_directory = "/evidence/job-7/run-1";
  record.manifest_sha256 = std::string(64, 'a');
  record.warnings = {"one", "two"};
  stored.finished = finished;
  stored.retained = !finished;
  stored.contract = testing::SampleProfile().contract;
  return stored;
}

TEST(RecordStore, KeepsEverythingOfAFinishedTask) {
  TempDir dir;
  const RecordStore store(dir.path() / "records");
  const StoredRecord stored = Sample(true);
  ASSERT_TRUE(store.Write(stored).ok());
  const auto read = store.Read(WorkspaceName("job-7"));
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  ASSERT_TRUE(*read);
  EXPECT_EQ(ToJson(**read), ToJson(stored));
  EXPECT_EQ((*read)->record.result, stored.record.result);
  EXPECT_EQ((*read)->record.workspace, stored.record.workspace);
}

TEST(RecordStore, AnUnfinishedTaskHasIdentityAndStartOnly) {
  TempDir dir;
  const RecordStore store(dir.path());
  const StoredRecord stored = Sample(false);
  ASSERT_TRUE(store.Write(stored).ok());
  const auto read = store.Read(WorkspaceName("job-7"));
  ASSERT_TRUE(read.ok() && *read);
  const TaskResult& result = (*read)->record.result;
  EXPECT_EQ(result.state, TaskState::kWorking);
  EXPECT_EQ(result.run_id, "run-1");
  EXPECT_EQ(result.started_at, stored.record.result.started_at);
  EXPECT_TRUE((*read)->retained);
}

TEST(RecordStore, ReadsTheOlderVersionWithoutAContract) {
  StoredRecord stored = Sample(true);
  stored.contract.reset();
  Json json = ToJson(stored);
  json.Set("version", 1);
  const auto read = StoredRecordFromJson(json);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_FALSE(read->contract);
  EXPECT_EQ(ToJson(*read), ToJson(stored));
}

TEST(RecordStore, SaysWhatIsWrongWithAFile) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"{", "line"},
      {"[]", "object"},
      {R"({"version": 3})", "/version"},
      {R"({"version": 2, "contract": {"name": ""}})", "/contract"},
      {R"({"version": 1, "extra": 1})", "/extra"},
      {R"({"version": 1, "spec": {"work_id": ""}})", "/spec"},
      {R"({"version": 1, "workspace": {"name": 1}})", "/workspace/name"},
  };
  TempDir dir;
  const RecordStore store(dir.path());
  for (const auto& [text, said] : cases) {
    ASSERT_TRUE(WriteFileAtomically(dir.path() / "x.json", text).ok());
    const auto read = store.Read("x");
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_THAT(read.error().ToString(), HasSubstr(said));
    EXPECT_THAT(read.error().ToString(), HasSubstr("x.json"));
  }
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "x.json", ToJson(Sample(true)).Dump()).ok());
  EXPECT_THAT(store.Read("x").error().ToString(), HasSubstr("another name"));
  EXPECT_FALSE(*store.Read("unknown"));
}

TEST(WorkLock, ExcludesTheSecondAndEndsWithTheObject) {
  TempDir dir;
  const fs::path file = dir.path() / "a.lock";
  {
    const auto first = WorkLock::Try(file);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(WorkLock::Try(file).error().kind, ErrorKind::kConflict);
  }
  EXPECT_TRUE(WorkLock::Try(file).ok());
}

TEST(WorkLock, WaitingEndsWithStop) {
  TempDir dir;
  const FakeClock clock;
  const fs::path file = dir.path() / "a.lock";
  const auto first = WorkLock::Try(file);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(WorkLock::Wait(file, clock, stop.get_token()).error().kind, ErrorKind::kCancelled);
}

TEST(WorkLock, ADiscardedFileIsNoLockForWhoeverWaitsOnIt) {
  TempDir dir;
  const SystemClock clock;
  const fs::path file = dir.path() / "a.lock";
  auto first = WorkLock::Try(file);
  std::optional<Result<WorkLock>> second;
  std::thread waiter([&] { second.emplace(WorkLock::Wait(file, clock, {})); });
  first->Discard();
  waiter.join();
  ASSERT_TRUE(second->ok());
  EXPECT_TRUE(Exists(file));
  EXPECT_EQ(WorkLock::Try(file).error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace ameide::task
