#include <cstdint>
#include <cstdlib>

#include "task/contract/git_name.h"
#include "task/publish/work_bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto bundle = ameide::task::ReadBundleHeader(text);
  if (!bundle.ok()) return 0;
  if (bundle->pack_offset > size) std::abort();
  for (const auto& [name, id] : bundle->refs) {
    if (!ameide::task::IsObjectId(id) || name.find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
