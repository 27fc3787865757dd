// Lint of what paths name: profiles, folders of profiles, template folders.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "generator/lint/finding.h"

namespace ameide::generator {

struct LintRun {
  LintFindings findings;           // sorted
  std::vector<std::string> fixed;  // files that were changed
};

// No paths: the built-in profiles and what is rendered from them. A folder with .tf files is a
// template, one with *.yaml holds profiles, any other is searched one level deep. `fix` repairs
// profiles, and writes a file only when less is wrong with it afterwards.
Result<LintRun> LintPaths(const std::vector<std::string>& paths, bool fix);

}  // namespace ameide::generator
