// Both sides of a WebSocket (RFC 6455) over a channel that is already connected.
#pragma once

#include <memory>
#include <string>

#include "base/http/channel.h"
#include "base/http/client.h"
#include "base/http/http.h"
#include "base/result.h"

namespace ameide::http {

struct WebSocketLimits {
  size_t max_message = 8u << 20;
  Millis write_timeout{60'000};
};

// Answers the upgrade `request`, which has been read from the channel already. The channel is
// shared with the server, which may interrupt it. kInvalid: no upgrade; the peer was told.
Result<std::unique_ptr<WebSocket>> AcceptWebSocket(std::shared_ptr<Channel> channel,
                                                   const Request& request,
                                                   const WebSocketLimits& limits);

// The handshake runs under the channel's deadline.
Result<std::unique_ptr<WebSocket>> RequestWebSocket(std::shared_ptr<Channel> channel,
                                                    const std::string& host,
                                                    const std::string& target,
                                                    const Headers& headers,
                                                    const WebSocketLimits& limits);

}  // namespace ameide::http
