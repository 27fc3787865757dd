// The publisher of a pod is another user than the task and reads the work from the volume that both
// have. Until an order is there, the evidence is the task user's alone.
#pragma once

#include "base/files.h"

namespace ameide::task {

// Lets other users reach and read the work bundle below `evidence`, and nothing else. Best effort:
// a publisher that cannot read it says so. Follows no link.
void AdmitPublisher(const fs::path& workspace, const fs::path& evidence);

}  // namespace ameide::task
