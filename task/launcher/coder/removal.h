// Destroying a Coder workspace and proving that it is gone. Every build may fail, hang or be taken
// back by the server; nothing here assumes that a request did what it asked for.
#pragma once

#include <string>

#include "task/launcher/coder/session.h"

namespace ameide::task {

// Cancels what is being built, then makes delete builds until one succeeds. Absent is success.
// kUnavailable with Coder's reason when none did, kCancelled when stopped.
Status DestroyCoderWorkspace(CoderSession& session, const LaunchContext& context,
                             const std::string& name);

// Ok only when Coder itself says so: no live workspace of that name, and of the last one that its
// delete build succeeded (410 without include_deleted). A workspace that never was is gone, too,
// once the token has shown that it is still good.
Status ProveCoderWorkspaceGone(CoderSession& session, const LaunchContext& context,
                               const std::string& name);

}  // namespace ameide::task
