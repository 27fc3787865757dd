// Asks Coder for everything that exit_finding.h judges by.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "task/launcher/coder/exit_finding.h"
#include "task/launcher/coder/session.h"

namespace ameide::task {

// What cannot be read counts as not said.
ExitFinding ReadExit(CoderSession& session, std::stop_token stop, const coder::Build& build,
                     const std::string& run_id);

// What Coder has kept of the task's output, in the form of run.log (task/contract/run_log.h), with
// a first line that says whose copy it is. Empty when there is none.
std::string CodersLog(CoderSession& session, std::stop_token stop, const coder::Build& build,
                      WallTime now);

}  // namespace ameide::task
