// Records are our own files, but on a disk that others can write to: whatever they hold, reading
// gives a record that writes back to the same, or an error.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/testing/fuzz.h"
#include "task/launcher/record_store.h"
#include "task/launcher/testing/sample_task.h"

namespace {

std::string Seed(bool finished) {
  using namespace ameide;
  const SystemClock clock;
  task::StoredRecord stored;
  stored.record.spec = task::testing::SampleSpec("job-7", {"sh", "-c", "exit 3"});
  stored.record.spec.run_id = "run-1";
  stored.record.requested = stored.record.spec;
  stored.record.result = task::testing::SampleResult(
      stored.record.spec, task::FailureClass::kCommandFailed, clock.Now());
  stored.record.workspace = {task::WorkspaceName("job-7"), "/somewhere", "job-7", "run-1"};
  stored.finished = finished;
  if (finished) stored.contract = task::testing::SampleProfile().contract;
  return task::ToJson(stored).Dump();
}

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() { return {Seed(true), Seed(false)}; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide;
  const Result<Json> json = ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto stored = task::StoredRecordFromJson(*json);
  if (!stored.ok()) return 0;
  const Json written = task::ToJson(*stored);
  const auto again = task::StoredRecordFromJson(written);
  if (!again.ok() || task::ToJson(*again) != written) std::abort();
  return 0;
}
