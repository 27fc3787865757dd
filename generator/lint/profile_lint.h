// Lint of a profile: the loader's refusals under stable rule ids, and what loads but deserves a
// look. Pure.
#pragma once

#include "generator/lint/finding.h"
#include "generator/load.h"

namespace ameide::generator {

LintFindings LintProfile(const LoadedProfile& loaded);

// The finding that a problem of a profile is; for problems between profiles, too.
LintFinding FindingOf(const task::Problem& problem);
LintFindings FindingsOf(const task::Problems& problems);

}  // namespace ameide::generator
