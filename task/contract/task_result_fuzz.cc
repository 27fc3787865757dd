// A hostile result is refused, or comes back equal after it was written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "task/contract/task_result.h"

extern "C" const char* const* AmeideFuzzSeeds(size_t* count, size_t* sizes) {
  static const char* const kSeeds[] = {
      "{\"version\":1,\"work_id\":\"w\",\"run_id\":\"r\",\"profile\":\"code\",\"kind\":\"run\","
      "\"state\":"
      "\"failed\",\"outcome\":\"failure\",\"failure_class\":\"command_failed\",\"exit_code\":3,"
      "\"reason\":\"x\",\"started_at\":\"2026-01-02T03:04:05Z\",\"finished_at\":"
      "\"2026-01-02T03:04:06.5Z\",\"command\":[\"a\"],\"repository\":{\"url\":\"https://a@b/c\"},"
      "\"phases\":[{\"phase\":\"edit\",\"started_at\":\"2026-01-02T03:04:05Z\",\"duration\":\"1s\","
      "\"outcome\":\"failure\"}],\"findings\":[{\"rule\":\"r\",\"path\":\"p\",\"what_failed\":"
      "\"w\"}],"
      "\"artifact\":{\"tests\":{\"total\":1,\"passed\":1}}}"};
  for (*count = 0; *count < std::size(kSeeds); ++*count) {
    sizes[*count] = std::string_view(kSeeds[*count]).size();
  }
  return kSeeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = ameide::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto read = ameide::task::TaskResultFromJson(*json);
  if (read.ok() != read.value.has_value()) std::abort();
  if (!read.ok()) return 0;
  const auto again =
      ameide::task::TaskResultFromJson(*ameide::ParseJson(ToJson(*read.value).Dump()));
  if (!again.ok() || !(*again.value == *read.value)) std::abort();
  return 0;
}
