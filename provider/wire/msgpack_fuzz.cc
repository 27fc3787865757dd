// Whatever decodes must encode again, and decode to the same value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/testing/fuzz.h"
#include "provider/wire/msgpack.h"
#include "provider/wire/testing/rich_type.h"

namespace {

constexpr char kAll[] =
    "\x87\xa1"
    "b\xc3\xa1"
    "d\x92\xc4\x08\"string\"\xa1"
    "v\xa1l\x92\x81\xa1x\xcb\x3f\xe0\0\0\0\0\0\0\x81\xa1x\xc7\x03\x0c\x81\x01\xc2\xa1"
    "m\x81\xa1k\xa1v\xa1n\xa3"
    "0.1\xa1s\x92\xa1x\xa1y\xa1t\x92\xa1z\xc0";
constexpr char kNulls[] =
    "\x87\xa1"
    "b\xc0\xa1"
    "d\xd4\0\0\xa1l\xc0\xa1m\xd4\0\0\xa1n\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa1s\x90\xa1t\xc0";

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {{kAll, sizeof kAll - 1}, {kNulls, sizeof kNulls - 1}};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide;  // NOLINT: a whole program of one function
  static const framework::Type kType = wire::testing::RichType();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto value = wire::DecodeMsgpack(bytes, kType);
  if (!value.ok()) return 0;
  const auto encoded = wire::EncodeMsgpack(*value, kType);
  if (!encoded.ok()) std::abort();
  const auto again = wire::DecodeMsgpack(*encoded, kType);
  if (!again.ok() || !(*again == *value)) std::abort();
  return 0;
}
