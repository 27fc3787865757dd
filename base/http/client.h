// One server over HTTP/1.1, with or without TLS, and WebSockets to it. Keeps connections alive and
// shares them between threads.
//
// A client never follows a redirect: a 3xx is an answer like another one, and the caller decides.
// Errors: kInvalid (an address or option that cannot work), kUnavailable (no connection, TLS
// refused, connection lost), kTimeout (a step's clock ran out), kCancelled (`stop`), kDenied (an
// answer larger than allowed). No error text holds a header's value.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/http/http.h"
#include "base/result.h"

namespace ameide::http {

struct ClientOptions {
  std::string origin;       // "https://host[:port]" or "http://host[:port]"; nothing after it
  Headers headers;          // with every request and WebSocket handshake: credentials go here
  std::string proxy;        // "http://[user:password@]host:port", empty: direct; see ProxyFor
  std::string server_name;  // that the certificate must show; empty: the origin's host
  std::string ca_pem;       // certificates to trust; empty: the system's
  std::string client_certificate_pem;  // mutual TLS, with the key
  std::string client_key_pem;
  Millis connect_timeout{15'000};   // name, connection, proxy and TLS handshake together
  Millis response_timeout{60'000};  // from the request's first byte until the answer's last one
  size_t max_body = 32u << 20;      // bytes of one answer
  size_t max_header = 64u << 10;
  int max_idle_connections = 8;
  // Requests under way at once; callers beyond wait their turn, for response_timeout at most.
  // WebSockets do not count.
  int max_connections = 32;
};

struct SendOptions {
  std::stop_token stop;
  std::optional<Millis> timeout;  // in place of response_timeout
  std::optional<size_t> max_body;
};

// Used by one thread at a time, but for Close.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // The next message (at most the client's max_body), or nothing once the peer has closed normally
  // or Close was called here. kTimeout when none came within `wait`; the socket stays usable then.
  // After any other error, and after `stop`, it is gone.
  virtual Result<std::optional<std::string>> Read(std::stop_token stop, Millis wait) = 0;
  // The message that Read returned last: text (which is valid UTF-8), or binary.
  virtual bool last_was_text() const = 0;
  virtual Status WriteBinary(std::string_view message) = 0;
  virtual Status WriteText(std::string_view message) = 0;
  virtual void Close() = 0;  // from any thread; a Read elsewhere ends
};

// Thread-safe.
class Client {
 public:
  virtual ~Client() = default;
  // A request on a connection that had rested and turns out dead is sent once more on a fresh one,
  // if it is idempotent or nothing of it had left. There is no other repetition.
  virtual Result<Response> Send(const Request& request, const SendOptions& options = {}) = 0;
  // An answer other than 101 is the error: kDenied for 401 and 403, kNotFound for 404, kUnavailable
  // else; its cause carries the status and the first kilobyte of the body as text.
  virtual Result<std::unique_ptr<WebSocket>> OpenWebSocket(const std::string& target,
                                                           const SendOptions& options = {}) = 0;
};

Result<std::unique_ptr<Client>> MakeClient(ClientOptions options);

// Which proxy the usual variables (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY; lower case first)
// name for this origin; empty: none. `variable` reads the environment.
std::string ProxyFor(std::string_view origin,
                     const std::function<std::optional<std::string>(const std::string&)>& variable);

}  // namespace ameide::http
