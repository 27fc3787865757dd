// A document that is taken comes back equal after it was written.
#include "base/testing/fuzz.h"
#include "task/contract/task_spec.h"
#include "task/contract/testing/comes_back.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "{\"version\":1,\"work_id\":\"w\",\"kind\":\"run\",\"profile\":\"code\",\"repository\":{"
      "\"url\":\"/r\",\"clone\":\"shallow\",\"depth\":3},\"command\":[\"true\"],\"ttl\":\"1h30m\","
      "\"timeouts\":{\"edit\":\"1.5s\"},\"environment\":{\"A\":\"b\"},\"guardrails\":{"
      "\"deny_paths\":[\"a/**\"],\"max_file_bytes\":5},\"verify\":[\"true\"],\"secrets\":{\"A\":{"
      "\"secret\":\"s\",\"key\":\"k\"}},\"pull_request\":{\"branch\":\"a\",\"title\":\"t\"},"
      "\"context\":{\"goal_ids\":[\"g\"]}}"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return ameide::task::testing::ComesBack(data, size, ameide::task::TaskSpecFromJson);
}
