// Pattern and path, cut apart at the first newline: the engine agrees with the naive reference.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/testing/fuzz.h"
#include "task/contract/guardrails.h"
#include "task/contract/testing/naive_glob.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {"a/**/b*[!c-e]?\na/x/y/bcf", "**/*.md\na/b.md", "[]a]\n]"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t cut = input.find('\n');
  const std::string_view pattern = input.substr(0, cut);
  const std::string_view path = cut == input.npos ? input : input.substr(cut + 1);
  const bool matches = ameide::task::GlobMatches(pattern, path);
  const bool valid = ameide::task::GlobProblem(pattern).empty();
  if (matches && !valid) std::abort();
  // The reference is exponential, so only small inputs are compared.
  if (valid && pattern.size() <= 16 && path.size() <= 16 &&
      matches != ameide::task::testing::NaiveGlob(pattern, path)) {
    std::abort();
  }
  return 0;
}
