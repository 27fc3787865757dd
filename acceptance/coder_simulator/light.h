// Workspaces in which nothing runs: their script only takes its time, and what a run leaves is made
// by whoever started the simulator. For hundreds of workspaces at once on one machine.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/http/http.h"
#include "base/result.h"

namespace ameide::simulator {

using EvidenceFiles = std::map<std::string, std::string>;  // path in the bundle → bytes

// From the parameters of a workspace's build, when its agent connects.
using MakeEvidence =
    std::function<Result<EvidenceFiles>(const std::map<std::string, std::string>& parameters)>;

// What `ameide-agent serve` answers to GET /evidence/<path>, with one range; `path` is all after
// the app's address.
http::Response ServeEvidence(const EvidenceFiles& files, const std::string& path,
                             const http::Headers& headers);

}  // namespace ameide::simulator
