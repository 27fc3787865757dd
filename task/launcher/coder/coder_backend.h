// Workspaces made by Coder from the templates that ameide-templates renders. docs/coder-backend.md
// tells the whole story; what other files of this folder do, in short:
//
//   template_check   may this task run from that template
//   run_watch        has it ended, from what one look after the other shows
//   exit_finding     with which exit code, by several witnesses that must agree
//   evidence_source  its evidence, through the path app or, failing that, the terminal
//   removal          destroyed, and proven so by Coder's own answers
//
// Nothing of a workspace is stored here: its name follows from work_id, everything else is asked of
// the server. Find, List and sweep see only workspaces of the token's own user whose parameters say
// that they are ours.
//
// Cancel: Coder has no call that signals a command. The agent program gets SIGTERM through the
// workspace's terminal and then seals its evidence; a start build that is still going on is
// canceled; when neither can be done, a stop build ends the pod, and the evidence is lost with it.
#pragma once

#include <memory>

#include "base/files.h"
#include "task/launcher/backend.h"
#include "task/launcher/coder/session.h"

namespace ameide::task {

// `state` holds the secret of publish_keys.h.
std::unique_ptr<Backend> MakeCoderBackend(std::shared_ptr<CoderSession> session, fs::path state);

}  // namespace ameide::task
