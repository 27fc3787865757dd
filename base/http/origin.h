// Which server, and through which proxy. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide::http {

struct HostPort {
  std::string host;  // a name or an address, without brackets
  uint16_t port = 0;
};
// "host", "host:80", "[::1]:80", "[::1]"; nothing for any other form.
std::optional<HostPort> ParseHostPort(std::string_view text, uint16_t default_port);
std::string ToString(const HostPort& where);  // "host:80", "[::1]:80"

struct Origin {
  bool tls = false;
  HostPort where;
  std::string Authority() const;  // as the Host header has it: without the scheme's own port
  std::string ToString() const;   // "https://host:8443"
};
// kInvalid for another scheme, a path, a user. The error repeats no user part.
Result<Origin> ParseOrigin(std::string_view text);

struct Proxy {
  HostPort where;
  std::string authorization;  // the whole header value; empty: none
};
// "http://[user:password@]host[:port]", the scheme may be left out. kInvalid otherwise, and the
// error repeats nothing of it.
Result<Proxy> ParseProxy(std::string_view text);

// "localhost", 127.0.0.0/8 and ::1.
bool IsLoopback(std::string_view host);

}  // namespace ameide::http
