// HTTP as our programs speak of it: plain values. Boost.Beast and OpenSSL stop at this room's door
// files: message.cc and web_socket.cc (Beast), tls.cc and channel.cc (OpenSSL).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ameide::http {

// In the order sent; a name may occur more than once and compares without case (RFC 9110).
using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of that name.
std::optional<std::string> FindHeader(const Headers& headers, std::string_view name);

struct Request {
  std::string method = "GET";
  std::string target;  // origin form: "/api/v2/users/me?x=1"; begins with '/'
  Headers headers;     // without Host, Content-Length and Connection, which are ours
  std::string body;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
};

// RFC 3986 percent encoding of everything but unreserved characters.
std::string EncodeComponent(std::string_view text);
// kInvalid-free: a malformed escape stays as it is.
std::string DecodeComponent(std::string_view text);

struct Target {
  std::string path;                                        // still encoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded
};
Target SplitTarget(std::string_view target);
std::optional<std::string> FindQuery(const Target& target, std::string_view name);

}  // namespace ameide::http
