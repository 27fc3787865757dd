// Destroying a Coder workspace and proving that it is gone. Every build may fail, hang or be taken
// back by the server; nothing here assumes that a request did what it asked for.
#pragma once

#include <string>

#include "task/launcher/coder/session.h"

namespace ameide::task {

// Cancels what is being built, then makes delete builds until one succeeds. Absent is success, and
// so is one of that name that is another run's, or no task's: that is left alone.
// kUnavailable with Coder's reason when none did, kCancelled when stopped.
Status DestroyCoderWorkspace(CoderSession& session, const LaunchContext& context,
                             const Workspace& workspace);

// Ok only when Coder itself says so: no live workspace of that name, and of the last one that its
// delete build succeeded (410 without include_deleted). A workspace that never was is gone, too,
// once the token has shown that it is still good. Names are unique, so one whose name another
// run's workspace has is gone.
Status ProveCoderWorkspaceGone(CoderSession& session, const LaunchContext& context,
                               const Workspace& workspace);

}  // namespace ameide::task
