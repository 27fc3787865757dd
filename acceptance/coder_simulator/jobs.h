// Provisioner jobs, of imports and of builds alike (facts 2.3). No clock, no I/O.
#pragma once

#include <string>
#include <string_view>

#include "acceptance/coder_simulator/state.h"

namespace ameide::simulator {

Job NewJob(State* state, std::string type, std::string file_id, std::string initiator,
           WallTime now);
// A provisioner has taken a job that was pending.
void BeginJob(State* state, Job* job, WallTime now);
// Moves a job as far as no outside work is needed. True when it begins to run.
bool MoveJob(State* state, Job* job, WallTime now);
// Asked for by a client; the job must be active.
void CancelJob(State* state, Job* job, WallTime now);
// The error, if any, is also the last line of its log.
void EndJob(State* state, Job* job, JobStatus status, std::string error, WallTime now);
// A line of its log.
void Say(State* state, Job* job, std::string_view stage, std::string_view output, WallTime now,
         std::string_view level = "info");

}  // namespace ameide::simulator
