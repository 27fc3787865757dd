// Profiles as nobody wrote them: for tests that must hold for every profile.
#pragma once

#include <string>
#include <string_view>

namespace ameide::task::testing {

// The YAML of a valid profile. The same seed gives the same text; different seeds give different
// names and namespaces. Over a few dozen seeds every key appears, and every word of each list.
std::string RandomProfileYaml(unsigned seed);

// The text with one to five small damages: lines dropped, doubled or indented, bytes changed,
// values exchanged. Mostly no longer a valid profile.
std::string MutatedYaml(std::string_view yaml, unsigned seed);

}  // namespace ameide::task::testing
