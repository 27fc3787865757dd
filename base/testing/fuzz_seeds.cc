// For libFuzzer, which knows no seeds but files: puts a fuzzer's own into its corpus folder, the
// first argument that is no flag.
#include <fstream>

#include "base/testing/fuzz.h"

extern "C" int LLVMFuzzerInitialize(const int* argc, char*** argv) {
  int corpus = 1;
  while (corpus < *argc && (*argv)[corpus][0] == '-') ++corpus;
  if (corpus == *argc || ameide::testing::FuzzSeeds == nullptr) return 0;
  size_t number = 0;
  for (const std::string& seed : ameide::testing::FuzzSeeds()) {
    const std::string name = std::string((*argv)[corpus]) + "/seed-" + std::to_string(number++);
    std::ofstream(name, std::ios::binary) << seed;
  }
  return 0;
}
