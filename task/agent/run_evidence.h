// Files and test results of a run, into its bundle.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/contract/test_counts.h"
#include "task/evidence/bundle.h"

namespace ameide::task {

// Collects what `globs` match in `checkout` and everything in `dropped` (the command's
// AMEIDE_EVIDENCE_DIR) below files/. Either folder may be missing. What fails is an omission.
void CollectFiles(const fs::path& checkout, const std::vector<std::string>& globs,
                  const fs::path& dropped, BundleWriter* bundle);

// Copies each collected *.xml that is JUnit to junit/ under its own path and adds up its counts.
// Without any, `synthetic` (whose output_tail comes from run.log) becomes junit/ameide.xml.
TestCounts CollectJUnit(SyntheticJUnit synthetic, BundleWriter* bundle);

// Those of `required` that no collected file matches.
std::vector<std::string> MissingEvidence(const std::vector<std::string>& required,
                                         const BundleWriter& bundle);

// How a command asks: it writes this file to AMEIDE_EVIDENCE_DIR and exits with 75.
inline constexpr char kQuestionFile[] = "question.md";
// What it asks, printable and not empty. Errors: none is there, or it is no plain file of at most
// 16 KiB.
Result<std::string> ReadQuestion(const fs::path& dropped);

}  // namespace ameide::task
