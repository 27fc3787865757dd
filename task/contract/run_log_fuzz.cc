// Any bytes can be read; and any bytes written through the codec come back as they were.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "task/contract/run_log.h"

extern "C" const char* const* AmeideFuzzSeeds(size_t* count, size_t* sizes) {
  static const char* const kSeeds[] = {
      "2026-01-02T03:04:05.000000Z stdout P a\n2026-01-02T03:04:05.000000Z stderr F b\n"};
  *count = 1;
  sizes[0] = std::string_view(kSeeds[0]).size();
  return kSeeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!ameide::IsValidUtf8(ameide::task::ReadableLog(bytes))) std::abort();
  const std::string log = ameide::task::EncodeLog({}, ameide::task::LogStream::kStdout, bytes);
  std::string joined;
  for (std::string_view rest = log; !rest.empty();) {
    const size_t end = rest.find('\n');
    ameide::task::LogLine line{};
    if (!ameide::task::ParseLogLine(rest.substr(0, end), &line)) std::abort();
    joined += line.bytes;
    if (!line.partial) joined += '\n';
    rest.remove_prefix(end + 1);
  }
  if (joined != bytes) std::abort();
  return 0;
}
