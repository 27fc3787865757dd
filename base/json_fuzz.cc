// Whatever parses comes back equal after it was written, compact or indented.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "base/testing/fuzz.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {R"({"a":[1,-2.5e10,true,null,"x\u00e9\n"],"b":{"c":{}}})", "[[[[[[[[]]]]]]]]",
          "123456789012345678901234567890"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = ameide::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  for (const std::string& text : {json->Dump(), json->DumpPretty()}) {
    const auto again = ameide::ParseJson(text);
    if (!again.ok() || !(*again == *json)) std::abort();
  }
  return 0;
}
