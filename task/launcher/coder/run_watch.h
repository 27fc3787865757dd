// Has a run in a Coder workspace ended, and how? Judged from one look after the other. Pure but for
// what it remembers.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "task/coder/api.h"

namespace ameide::task {

struct RunLimits {
  Millis readiness{15 * 60'000};    // until the workspace's agent has connected
  Millis ttl{0};                    // the pod's; zero: not known
  Millis disconnected{5 * 60'000};  // Coder's agent may reconnect for that long
};

struct RunVerdict {
  enum class State { kGoesOn, kEnded, kLost, kTimedOut };
  State state = State::kGoesOn;
  std::string why;  // kLost, kTimedOut; printable
};

// The agent of our templates, when the build has one.
const coder::Agent* TaskAgent(const coder::Build& build);
// The script that runs the task.
const coder::Script* TaskScript(const coder::Agent& agent);
// It has been there, so the script has begun. "timeout" is only a word of the server's: a late
// agent connects all the same.
bool HasConnected(const coder::Agent& agent);
// The template's only script has ended, well or badly.
bool IsTerminal(coder::Lifecycle lifecycle);

class RunWatch {
 public:
  // `start` on the monotonic clock: the readiness clock runs from there.
  RunWatch(RunLimits limits, MonoTime start) : limits_(limits), start_(start) {}

  RunVerdict Look(const coder::Workspace& workspace, MonoTime now);

 private:
  std::optional<RunVerdict> LookAtBuild(const coder::Build& build) const;
  RunVerdict LookAtAgent(const coder::Build& build, const coder::Agent& agent, MonoTime now);

  RunLimits limits_;
  MonoTime start_;
  std::optional<MonoTime> disconnected_since_;
};

}  // namespace ameide::task
