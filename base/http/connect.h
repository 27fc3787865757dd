// From an origin to a channel: name, connection, proxy tunnel and TLS handshake under one clock.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/http/channel.h"
#include "base/http/origin.h"
#include "base/http/tls.h"
#include "base/result.h"

namespace ameide::http {

struct Route {
  Origin origin;
  std::optional<Proxy> proxy;
  TlsContext tls;           // set when the origin has TLS
  std::string server_name;  // for TLS; empty: the origin's host
  Millis timeout{15'000};
};

enum class ProxyUse {
  kForward,  // a plain origin's requests go to the proxy itself, in absolute form
  kTunnel,   // always CONNECT: what is no request and answer (a WebSocket) needs it
};

// Errors carry no target; the caller names the request.
Result<std::unique_ptr<Channel>> Connect(const Route& route, ProxyUse use, std::stop_token stop);

}  // namespace ameide::http
