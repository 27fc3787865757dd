#include "base/http/origin.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/http/http.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::http {
namespace {

bool IsName(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return IsAsciiAlnum(c) || c == '.' || c == '-' || c == '_';
  });
}

bool IsIpV6(std::string_view host) {
  return host.find(':') != std::string_view::npos &&
         host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool TakePrefix(std::string_view* text, std::string_view prefix) {
  if (AsciiLower(text->substr(0, prefix.size())) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

Error BadProxy(std::string cause) {
  return {ErrorKind::kInvalid, "use", "proxy", std::move(cause),
          "give it as http://[user:password@]host:port"};
}

}  // namespace

std::optional<HostPort> ParseHostPort(std::string_view text, uint16_t default_port) {
  std::string_view host = text;
  std::string_view rest;
  const bool bracketed = text.starts_with('[');
  if (bracketed) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
  } else if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (bracketed ? !IsIpV6(host) : !IsName(host)) return std::nullopt;
  if (rest.empty()) return HostPort{std::string(host), default_port};
  const auto port = rest.starts_with(':') ? ParsePort(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  return HostPort{std::string(host), *port};
}

std::string ToString(const HostPort& where) {
  const bool brackets = where.host.find(':') != std::string::npos;
  return StrCat(brackets ? "[" : "", where.host, brackets ? "]:" : ":", where.port);
}

std::string Origin::Authority() const {
  const std::string full = http::ToString(where);
  if (where.port != (tls ? 443 : 80)) return full;
  return full.substr(0, full.rfind(':'));
}

std::string Origin::ToString() const { return StrCat(tls ? "https://" : "http://", Authority()); }

Result<Origin> ParseOrigin(std::string_view text) {
  const auto refuse = [&](std::string cause) {
    const bool has_user = text.find('@') != std::string_view::npos;
    return Error{ErrorKind::kInvalid, "use", has_user ? "server address" : Quote(text),
                 std::move(cause), "give it as https://host[:port]"};
  };
  std::string_view rest = text;
  Origin origin;
  if (TakePrefix(&rest, "https://")) {
    origin.tls = true;
  } else if (!TakePrefix(&rest, "http://")) {
    return refuse("it begins neither with https:// nor with http://");
  }
  if (rest.find('@') != std::string_view::npos) return refuse("it names a user");
  if (rest.find('/') != std::string_view::npos) return refuse("it has a path");
  const auto where = ParseHostPort(rest, origin.tls ? 443 : 80);
  if (!where) return refuse("no host and port can be read from it");
  origin.where = *where;
  return origin;
}

Result<Proxy> ParseProxy(std::string_view text) {
  if (!TakePrefix(&text, "http://") && text.find("://") != std::string_view::npos) {
    return BadProxy("only proxies that speak plain HTTP are supported");
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  Proxy proxy;
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = text.substr(0, at);
    const size_t colon = user.find(':');
    std::string pair = StrCat(DecodeComponent(user.substr(0, colon)), ":");
    if (colon != std::string_view::npos) pair += DecodeComponent(user.substr(colon + 1));
    proxy.authorization = StrCat("Basic ", ToBase64(pair));
    text = text.substr(at + 1);
  }
  const auto where = ParseHostPort(text, 80);
  if (!where) return BadProxy("no host and port can be read from it");
  proxy.where = *where;
  return proxy;
}

bool IsLoopback(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (AsciiLower(host) == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace ameide::http
