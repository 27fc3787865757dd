// `ameide-agent serve`: shows a run and its evidence on a loopback port of the workspace
// (evidence_service.h), until the workspace is gone.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/result.h"
#include "task/serve/evidence_service.h"

namespace ameide::task {

inline constexpr Millis kLookForWorkspace{1000};

struct ServeOptions {
  ServedFolders folders;  // absolute; the workspace must be there
  uint16_t port = 0;      // on 127.0.0.1; 0: a free one
};

// Calls `up` once: with the port that it serves, or with why it cannot. Returns when the workspace
// is gone or `stop` is requested.
void ServeUntilGone(const ServeOptions& options, const Clock& clock, std::stop_token stop,
                    const std::function<void(const Result<uint16_t>&)>& up);

// `serve`, when `arguments` (without the program's name) start with it; else nothing. Wipes the
// process's environment.
std::optional<int> ServeVerb(const std::vector<std::string>& arguments);

}  // namespace ameide::task
