// One connection of a server, from its TLS handshake to its end.
#pragma once

#include <memory>

#include "base/http/channel.h"
#include "base/http/server.h"
#include "base/http/tls.h"

namespace ameide::http {

// Blocks until the peer leaves, a clock runs out or the channel is interrupted. `tls` may be null.
void ServeConnection(const std::shared_ptr<Channel>& channel, const TlsContext& tls,
                     const ServerOptions& options, const Handler& handler);

// Says 503 without waiting.
void RefuseConnection(Channel& channel);

}  // namespace ameide::http
