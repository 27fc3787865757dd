#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/files.h"
#include "base/testing/fuzz.h"
#include "task/serve/byte_range.h"
#include "task/serve/live_status.h"

// A request's Range and target, and a facts.jsonl that the command wrote into.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide::task;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const uint64_t file : {uint64_t{0}, uint64_t{1}, uint64_t{1000}, UINT64_MAX}) {
    const RangeAnswer answer = ReadRange(bytes, file, 100);
    if (answer.kind != RangeAnswer::Kind::kPart) continue;
    const ByteRange& range = answer.range;
    const bool inside = range.first < file && range.length <= file - range.first;
    if (!inside || range.length == 0 || range.length > 100) std::abort();
  }
  const auto path = EvidencePath(bytes);
  if (path && !ameide::IsSafeRelativePath(*path)) std::abort();
  static_cast<void>(StatusFromFacts(bytes));
  return 0;
}

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {"bytes=0-4", "bytes=5-", "bytes=-3", "/evidence/files/a%20b?x",
          "{\"data\":{\"run_id\":\"r\",\"phase\":\"edit\",\"state\":\"failed\"}}\n"};
}
