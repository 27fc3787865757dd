// A document that is taken comes back equal after it was written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "task/contract/task_spec.h"

extern "C" const char* const* AmeideFuzzSeeds(size_t* count, size_t* sizes) {
  static const char* const kSeeds[] = {
      "{\"version\":1,\"work_id\":\"w\",\"kind\":\"run\",\"profile\":\"code\",\"repository\":{"
      "\"url\":\"/r\",\"clone\":\"shallow\",\"depth\":3},\"command\":[\"true\"],\"ttl\":\"1h30m\","
      "\"timeouts\":{\"edit\":\"1.5s\"},\"environment\":{\"A\":\"b\"},\"guardrails\":{"
      "\"deny_paths\":[\"a/**\"],\"max_file_bytes\":5},\"verify\":[\"true\"],\"secrets\":{\"A\":{"
      "\"secret\":\"s\",\"key\":\"k\"}},\"pull_request\":{\"branch\":\"a\",\"title\":\"t\"},"
      "\"context\":{\"goal_ids\":[\"g\"]}}"};
  for (*count = 0; *count < std::size(kSeeds); ++*count) {
    sizes[*count] = std::string_view(kSeeds[*count]).size();
  }
  return kSeeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = ameide::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto read = ameide::task::TaskSpecFromJson(*json);
  if (read.ok() != read.value.has_value()) std::abort();
  if (!read.ok()) return 0;
  const auto again = ameide::task::TaskSpecFromJson(*ameide::ParseJson(ToJson(*read.value).Dump()));
  if (!again.ok() || !(*again.value == *read.value)) std::abort();
  return 0;
}
