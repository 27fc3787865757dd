// Any bytes can be read; and any bytes written through the codec come back as they were.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/testing/fuzz.h"
#include "base/text.h"
#include "task/contract/run_log.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {"2026-01-02T03:04:05.000000Z stdout P a\n2026-01-02T03:04:05.000000Z stderr F b\n"};
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
