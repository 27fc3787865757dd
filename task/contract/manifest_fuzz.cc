// A hostile manifest is refused, or comes back equal after it was written.
#include "base/testing/fuzz.h"
#include "task/contract/manifest.h"
#include "task/contract/testing/comes_back.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "{\"version\":1,\"work_id\":\"w\",\"run_id\":\"r\",\"files\":[{\"path\":\"a/b\",\"size\":3,"
      "\"sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}],"
      "\"omissions\":[{\"path\":\"x\",\"reason\":\"y\"}]}"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return ameide::task::testing::ComesBack(data, size, ameide::task::ManifestFromJson);
}
