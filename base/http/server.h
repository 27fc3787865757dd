// A small HTTP/1.1 server for loopback and Unix sockets: the agent program's evidence service, and
// the servers that tests talk to. One thread per connection; never meant for a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/http/client.h"
#include "base/http/http.h"
#include "base/result.h"

namespace ameide::http {

struct ServerOptions {
  uint16_t port = 0;     // on 127.0.0.1; 0: a free one
  fs::path unix_socket;  // in place of the port
  // TLS with a certificate, when both are given; with client_ca_pem only clients it signed.
  std::string certificate_pem;
  std::string key_pem;
  std::string client_ca_pem;
  size_t max_body = 8u << 20;
  size_t max_header = 64u << 10;
  Millis idle_timeout{120'000};  // a connection that says nothing is closed
  int max_connections = 256;
};

// Runs until the connection or the server ends; called on the connection's own thread.
using WebSocketHandler = std::function<void(WebSocket&)>;

// What a request gets: an answer, or an upgrade to a WebSocket.
struct Reply {
  Response response;
  WebSocketHandler web_socket;  // set: `response` is not sent, the handshake is
};

// Called on many threads at once. Must not throw.
using Handler = std::function<Reply(const Request& request)>;

class Server {
 public:
  virtual ~Server() = default;  // ends every connection and joins every thread
  virtual uint16_t port() const = 0;
  // "http://127.0.0.1:4711" (or https), for a client's origin.
  virtual std::string origin() const = 0;
};

Result<std::unique_ptr<Server>> StartServer(ServerOptions options, Handler handler);

}  // namespace ameide::http
