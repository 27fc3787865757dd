// A hostile manifest is refused, or comes back equal after it was written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "task/contract/manifest.h"

extern "C" const char* const* AmeideFuzzSeeds(size_t* count, size_t* sizes) {
  static const char* const kSeeds[] = {
      "{\"version\":1,\"work_id\":\"w\",\"run_id\":\"r\",\"files\":[{\"path\":\"a/b\",\"size\":3,"
      "\"sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}],"
      "\"omissions\":[{\"path\":\"x\",\"reason\":\"y\"}]}"};
  for (*count = 0; *count < std::size(kSeeds); ++*count) {
    sizes[*count] = std::string_view(kSeeds[*count]).size();
  }
  return kSeeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = ameide::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto read = ameide::task::ManifestFromJson(*json);
  if (read.ok() != read.value.has_value()) std::abort();
  if (!read.ok()) return 0;
  const auto again = ameide::task::ManifestFromJson(*ameide::ParseJson(ToJson(*read.value).Dump()));
  if (!again.ok() || !(*again.value == *read.value)) std::abort();
  return 0;
}
