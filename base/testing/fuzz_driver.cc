// Runs a LLVMFuzzerTestOneInput without libFuzzer: seeds from files given as arguments (or a few
// built-in ones), each mutated deterministically a bounded number of times. Finds what a sanitizer
// can see; a real fuzzing run uses the `fuzz` preset.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "base/testing/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void Mutate(std::string* input, std::mt19937* random) {
  const auto pick = [&](size_t below) {
    return std::uniform_int_distribution<size_t>(0, below - 1)(*random);
  };
  for (size_t edits = 1 + pick(6); edits > 0; --edits) {
    switch (input->empty() ? 1 : pick(5)) {
      case 0:
        (*input)[pick(input->size())] = static_cast<char>(pick(256));
        break;
      case 1:
        input->insert(pick(input->size() + 1), 1 + pick(4), static_cast<char>(pick(256)));
        break;
      case 2:
        input->erase(pick(input->size()), 1 + pick(8));
        break;
      case 3: {
        const size_t from = pick(input->size());
        input->insert(pick(input->size() + 1), input->substr(from, 1 + pick(16)));
        break;
      }
      default:
        (*input)[pick(input->size())] ^= static_cast<char>(1 << pick(8));
    }
    if (input->size() > 4096) input->resize(4096);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> seeds = {"", "{}", "[]", "a: b\n", "<a/>", std::string(1, '\0')};
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (ameide::testing::FuzzSeeds != nullptr) {
    for (std::string& seed : ameide::testing::FuzzSeeds()) seeds.push_back(std::move(seed));
  }
  const char* runs_text = std::getenv("AMEIDE_FUZZ_RUNS");
  const size_t runs = runs_text == nullptr ? 20000 : std::strtoul(runs_text, nullptr, 10);
  std::mt19937 random(20260102);
  for (const std::string& seed : seeds) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(seed.data()), seed.size());
  }
  for (size_t run = 0; run < runs; ++run) {
    std::string input = seeds[run % seeds.size()];
    Mutate(&input, &random);
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  }
  std::cout << runs << " inputs\n";
  return 0;
}
