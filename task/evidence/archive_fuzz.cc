// Archives come from strangers: whatever the reader takes is, byte for byte, what the writer
// writes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/testing/fuzz.h"
#include "task/evidence/archive.h"

namespace ustar = ameide::ustar;

namespace {

std::string Member(const char* path, std::string_view bytes) {
  return *ustar::Header({path, bytes.size()}) + std::string(bytes) + ustar::Padding(bytes.size());
}

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() {
  const std::string end(2 * ustar::kBlock, '\0');
  return {end, Member("a", "one") + Member("b/c", "") + end, Member("manifest.json", "{}") + end};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide;
  size_t at = 0;
  std::string again;
  uint64_t last = 0;
  const Status read = task::ReadArchive(size,
                                        [&](char* out, size_t bytes) -> Result<size_t> {
                                          const size_t got = std::min(bytes, size - at);
                                          if (got > 0) std::memcpy(out, data + at, got);
                                          at += got;
                                          return got;
                                        },
                                        {},
                                        {.begin = [&](const task::ArchiveMember& member) -> Status {
                                           again += ustar::Padding(last);
                                           again += ustar::Header(member).value();
                                           last = member.size;
                                           return Ok{};
                                         },
                                         .data = [&](std::string_view piece) -> Status {
                                           again += piece;
                                           return Ok{};
                                         }});
  if (!read.ok()) return 0;
  again += ustar::Padding(last);
  again += std::string(2 * ustar::kBlock, '\0');
  if (again != std::string_view(reinterpret_cast<const char*>(data), size)) std::abort();
  return 0;
}
