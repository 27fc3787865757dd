// What a run says about itself to people. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/subprocess.h"
#include "task/contract/guardrails.h"
#include "task/contract/test_counts.h"

namespace ameide::task {

// As one would type it, at most 200 bytes, printable: `make test`.
std::string CommandForPeople(const std::vector<std::string>& command);

// "2.1s", "3m12s": as exact as a reader needs.
std::string ShortDuration(Millis duration);

// "exited with 3", "was ended by signal 9 (Killed)".
std::string EndForPeople(const ExitStatus& status);

// "2 guardrail findings: a/b.txt: …" with the first of them.
std::string FindingsForPeople(const std::vector<Finding>& findings);

// "4 tests, 1 failed, 1 skipped".
std::string TestsForPeople(const TestCounts& tests);

// "1 file", "2 files".
std::string Counted(size_t count, std::string_view one, std::string_view many);

// One printable paragraph of at most 2000 bytes.
std::string AsParagraph(std::string_view text);

}  // namespace ameide::task
