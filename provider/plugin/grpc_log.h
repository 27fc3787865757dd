// gRPC's own log lines, led into ours: by default it writes them to stderr, where Terraform reads.
#pragma once

#include "base/log.h"

namespace ameide::plugin {

// From now on gRPC writes to `log`: its errors as warnings (they concern one connection, not us),
// the rest as debug and trace lines. Process-wide, because gRPC's hook is; call it before anything
// of gRPC. `log` must live as long as the process.
void RouteGrpcLog(const Log& log);

}  // namespace ameide::plugin
