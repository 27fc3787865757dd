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
  uint16_t port = 0;  // on 127.0.0.1; 0: a free one
  // In place of the port: for the owner only (0600), removed at the end. An abandoned socket file
  // is replaced; anything else there is a kConflict.
  fs::path unix_socket;
  // TLS with a certificate, when both are given; with client_ca_pem only clients it signed.
  std::string certificate_pem;
  std::string key_pem;
  std::string client_ca_pem;
  size_t max_body = 8u << 20;
  size_t max_header = 64u << 10;
  // For every step of a connection: the wait for a request, the whole of it, each piece of the
  // answer. Then the connection is closed.
  Millis idle_timeout{120'000};
  int max_connections = 256;
};

// Runs until the connection or the server ends; called on the connection's own thread. Messages
// have at most max_body bytes. Returning closes the WebSocket.
using WebSocketHandler = std::function<void(WebSocket&)>;

// The body of an answer that comes bit by bit; used by the connection's own thread alone.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  // Sends it at once. After an error (as a Channel's: the client or the server has left) the body
  // is over.
  virtual Status Write(std::string_view piece) = 0;
  // True after `time`; false as soon as nobody waits for more: the client has left or asked for
  // something else, or the server leaves.
  virtual bool WaitWhileWanted(Millis time) = 0;
};

// Returning ends the body. It takes the connection's thread until then.
using BodyHandler = std::function<void(BodyWriter&)>;

// What a request gets: an answer, or an upgrade to a WebSocket.
struct Reply {
  Response response;
  WebSocketHandler web_socket;  // set: `response` is not sent, the handshake is
  // Set: makes the body, instead of the response's own; chunked (RFC 9112, 7.1), or until the close
  // for a client of HTTP/1.0. Not called where there is no body: for HEAD, 204 and 304.
  BodyHandler body = nullptr;
};

// Called on many threads at once. Must not throw. Content-Length and Connection of the answer are
// the server's, but for HEAD: an answer with an empty body may state the length it would have.
using Handler = std::function<Reply(const Request& request)>;

class Server {
 public:
  virtual ~Server() = default;        // ends every connection and joins every thread
  virtual uint16_t port() const = 0;  // 0 on a Unix socket
  // "http://127.0.0.1:4711" (or https), for a client's origin; empty on a Unix socket.
  virtual std::string origin() const = 0;
};

Result<std::unique_ptr<Server>> StartServer(ServerOptions options, Handler handler);

}  // namespace ameide::http
