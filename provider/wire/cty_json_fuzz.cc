// Whatever decodes must encode again, and decode to the same value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/testing/fuzz.h"
#include "provider/wire/cty_json.h"
#include "provider/wire/testing/rich_type.h"

namespace {

constexpr char kAll[] =
    R"({"b":true,"d":{"type":["list","number"],"value":[1,"2"]},"l":[{"x":0.1},{}],)"
    R"("m":{"k":"v"},"n":"1e3","s":["x","y"],"t":["z",null],"gone":1})";

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() { return {kAll}; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide;  // NOLINT: a whole program of one function
  static const framework::Type kType = wire::testing::RichType();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = wire::DecodeCtyJson(text, kType);
  if (!value.ok()) return 0;
  const auto encoded = wire::EncodeCtyJson(*value, kType);
  if (!encoded.ok()) std::abort();
  const auto again = wire::DecodeCtyJson(*encoded, kType);
  if (!again.ok() || !(*again == *value)) std::abort();
  return 0;
}
