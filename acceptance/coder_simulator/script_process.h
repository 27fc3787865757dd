// One run of a coder_script, as Coder's agent does it (facts 4.2): own session, empty stdin, lines
// to a log, a clock, and the rule about pipes that stay open.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/state.h"
#include "base/clock.h"
#include "base/subprocess.h"

namespace ameide::simulator {

struct ScriptRun {
  SpawnOptions spawn;    // argv, environment, directory
  Millis timeout{0};     // 0: none
  Millis grace{10'000};  // after SIGHUP, and for pipes that a child keeps open
  std::function<void(std::string_view level, std::string_view line)> log;
};

// The words before the script's text: the interpreter of its first line, else /bin/sh, then -c.
std::vector<std::string> InterpreterOf(std::string_view script);

// Blocks. Nothing when stopped: then nobody is left to report.
std::optional<ScriptReport> RunScript(const ScriptRun& run, const Clock& clock,
                                      std::stop_token stop);

}  // namespace ameide::simulator
