// A hostile result is refused, or comes back equal after it was written.
#include "base/testing/fuzz.h"
#include "task/contract/task_result.h"
#include "task/contract/testing/comes_back.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "{\"version\":1,\"work_id\":\"w\",\"run_id\":\"r\",\"profile\":\"code\",\"kind\":\"run\","
      "\"state\":"
      "\"failed\",\"outcome\":\"failure\",\"failure_class\":\"command_failed\",\"exit_code\":3,"
      "\"reason\":\"x\",\"started_at\":\"2026-01-02T03:04:05Z\",\"finished_at\":"
      "\"2026-01-02T03:04:06.5Z\",\"command\":[\"a\"],\"repository\":{\"url\":\"https://a@b/c\"},"
      "\"phases\":[{\"phase\":\"edit\",\"started_at\":\"2026-01-02T03:04:05Z\",\"duration\":\"1s\","
      "\"outcome\":\"failure\"}],\"findings\":[{\"rule\":\"r\",\"path\":\"p\",\"what_failed\":"
      "\"w\"}],"
      "\"artifact\":{\"tests\":{\"total\":1,\"passed\":1}}}"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return ameide::task::testing::ComesBack(data, size, ameide::task::TaskResultFromJson);
}
