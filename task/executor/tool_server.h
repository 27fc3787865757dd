// The MCP server over two descriptors: reads lines, answers, makes calls, until the input ends.
#pragma once

#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "task/executor/settings.h"

namespace ameide::task {

struct ToolStreams {
  int input = -1;
  int output = -1;
};

// Opens the session first and closes it at the end. After the end of the input what was asked is
// still answered; `stop` ends it at once. Errors: no session, no audit, or nobody reads the output.
Status ServeTools(const ToolSettings& settings, const std::string& version,
                  const ToolStreams& streams, const Clock& clock, const Log& log,
                  std::stop_token stop);

// `tool`, when `arguments` (without the program's name) start with it; else nothing.
std::optional<int> ToolVerb(const std::vector<std::string>& arguments,
                            const Environment& environment);

}  // namespace ameide::task
