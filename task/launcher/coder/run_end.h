// The end of a run in a Coder workspace: waiting for it, bringing it about, taking its evidence.
// The promises are those of Backend (task/launcher/backend.h).
#pragma once

#include "base/files.h"
#include "task/launcher/coder/session.h"

namespace ameide::task {

Status AwaitRunEnd(CoderSession& session, const LaunchContext& context, const Workspace& workspace);

Status CancelRun(CoderSession& session, const LaunchContext& context, const Workspace& workspace);

// Also kInvalid when the evidence does not agree with what Coder knows of the script's end: then it
// is not the evidence of what ran.
Status CollectEvidence(CoderSession& session, const LaunchContext& context,
                       const Workspace& workspace, const fs::path& to);

}  // namespace ameide::task
