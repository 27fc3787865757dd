// The fixed words of provenance.json. Private to task/evidence.
#pragma once

#include <string_view>

#include "task/contract/test_counts.h"

namespace ameide::task::provenance_words {

inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kSlsaPredicate = "https://slsa.dev/provenance/v1";
inline constexpr std::string_view kTestPredicate =
    "https://in-toto.io/attestation/test-result/v0.1";
inline constexpr std::string_view kPayloadType = "application/vnd.in-toto+json";
inline constexpr std::string_view kBuildType = "urn:ameide:task:1";

// "PASSED", "FAILED", or "WARNED" when no test passed or failed.
std::string_view TestVerdict(const TestCounts& tests);

}  // namespace ameide::task::provenance_words
