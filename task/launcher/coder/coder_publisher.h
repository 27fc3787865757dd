// Publishes from beside the workspace's task container: a container of the same pod that alone has
// the push credential waits there for a signed order (task/contract/publish_order.h). We sign it
// once the evidence is here and verified, pass it through the path app, and read the answer there.
//
// Everything that comes back passed through a workspace that a task controlled: it is read as
// hostile. What it says of a pull request is the publisher's word, not proof.
#pragma once

#include <memory>

#include "base/files.h"
#include "task/launcher/coder/session.h"
#include "task/launcher/publisher.h"

namespace ameide::task {

// `state` holds the secret of publish_keys.h.
std::unique_ptr<Publisher> MakeCoderPublisher(std::shared_ptr<CoderSession> session,
                                              fs::path state);

}  // namespace ameide::task
