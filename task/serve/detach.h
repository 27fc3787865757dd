// Leaving the process that started us behind: a daemon in the sense of daemon(7).
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace ameide::task {

// Runs `daemon` in a process of its own: new session, no terminal, root folder, standard streams on
// the null device and every other descriptor closed, so that nobody waits for a pipe of ours. It
// calls its argument once: with nothing when it is up, else with why it is not. Returns in the
// caller when that is known: an error is the daemon's own words. Never returns in the daemon.
//
// Linux; uses fork(2), so the caller must have one thread.
using Report = std::function<void(const Status&)>;
Status Detach(const std::function<int(const Report&)>& daemon);

}  // namespace ameide::task
