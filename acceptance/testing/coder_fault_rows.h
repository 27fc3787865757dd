// For every way in which the simulated Coder server can misbehave: how a task of the launcher's
// ends then, with which evidence, and what is left.
#pragma once

#include <ostream>
#include <vector>

#include "acceptance/coder_simulator/faults.h"
#include "task/contract/words.h"

namespace ameide::acceptance {

enum class Evidence { kWhole, kFallback };
// What is there when the run is over: nothing, or a workspace that a warning names.
enum class Left { kNothing, kDebt };

struct FaultRun {
  simulator::Fault fault;
  const char* knob;
  task::Outcome outcome = task::Outcome::kSuccess;
  Evidence evidence = Evidence::kWhole;
  Left left = Left::kNothing;
  const char* reason = "";                // in the result's reason
  const char* warning = "";               // among the record's warnings
  const char* first_build = "succeeded";  // what became of the start build; empty: none was made
  std::vector<const char*> also = {};     // more knobs, without which this one would not happen
  const char* interrupted = "";           // the user does so when the workspace has this status
  bool long_command = false;              // one that would go on for minutes
  int hurry = 1;                          // where only bounds are waited for: how much faster
};

// What a failing test is called with.
inline void PrintTo(const FaultRun& row, std::ostream* out) { *out << row.knob; }

std::vector<FaultRun> FaultRows();

}  // namespace ameide::acceptance
