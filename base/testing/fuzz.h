// What a fuzzer brings besides its LLVMFuzzerTestOneInput.
#pragma once

#include <string>
#include <vector>

namespace ameide::testing {

// Inputs to start from. Need not be defined, so ask whether it is null.
__attribute__((weak)) std::vector<std::string> FuzzSeeds();

}  // namespace ameide::testing
