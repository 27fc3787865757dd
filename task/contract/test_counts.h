// Test results as counts, and the JUnit we write ourselves. pugixml stops in test_counts.cc (DTDs
// and external entities are never loaded).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "task/contract/problem.h"

namespace ameide::task {

inline constexpr int kMaxTestCount = 1'000'000'000;
inline constexpr size_t kMaxFailingNames = 100;

struct TestCounts {
  int total = 0;
  int passed = 0;
  int failed = 0;  // assertions that did not hold
  int errors = 0;  // tests that could not run to their end
  int skipped = 0;
  std::vector<std::string> failing;  // "suite.case", printable
  // Counts stop at kMaxTestCount, names at kMaxFailingNames.
  TestCounts& operator+=(const TestCounts& other);
  bool operator==(const TestCounts&) const = default;
};

// Counts the <testcase> elements of a JUnit document (Surefire, pytest, Jest, Playwright, CTest,
// GoogleTest dialects), not the totals that its writer claims. A case counts once: as an error,
// else as failed, else as skipped. kInvalid for what is no JUnit.
Result<TestCounts> CountJUnit(std::string_view xml);

// Counts results.tests of a CTRF report (Common Test Report Format, ctrf.io), again not its
// summary: "passed", "failed", "skipped"; "pending" counts as skipped and "other" as an error,
// since nothing is known to have held. kInvalid for what is no CTRF.
Result<TestCounts> CountCtrf(std::string_view json);

// The one-case document for a command that left no JUnit: suite "ameide", case the phase's name.
struct SyntheticJUnit {
  std::string phase;
  std::string command;  // as shown to people
  int exit_code = 0;
  double seconds = 0;
  std::string failure;      // empty: the case passed
  std::string output_tail;  // any bytes; made fit for XML 1.0
};
std::string WriteJUnit(const SyntheticJUnit& junit);

Json ToJson(const TestCounts& counts);
// The total must be the sum of the others.
Checked<TestCounts> TestCountsFromJson(const Json& json, std::string_view pointer);

}  // namespace ameide::task
