// main.tf: versions, providers, and what Coder says of the workspace; the same for all profiles.
// Pure.
#pragma once

#include <string>

namespace ameide::generator {

std::string MainTf();

}  // namespace ameide::generator
