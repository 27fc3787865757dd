// ProxyFor. NO_PROXY is read as Go's httpproxy package documents it, so that Terraform's own
// requests and ours agree: entries between commas; "*" is every host; "example.com" is the domain
// and all below it, ".example.com" and "*.example.com" only those below; an address is itself,
// "10.0.0.0/8" a network; any but a network may end in ":port". Loopback needs no entry.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/http/client.h"
#include "base/http/origin.h"
#include "base/strings.h"

namespace ameide::http {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;  // 32 or 128
};

std::optional<Address> ParseAddress(std::string_view text) {
  const std::string name(text);
  Address address;
  if (::inet_pton(AF_INET, name.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
  } else if (::inet_pton(AF_INET6, name.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
  } else {
    return std::nullopt;
  }
  return address;
}

bool InNetwork(const Address& address, const Address& network, int prefix) {
  if (address.bits != network.bits) return false;
  for (int bit = 0; bit < prefix; ++bit) {
    const int mask = 0x80 >> (bit % 8);
    if ((address.bytes[bit / 8] & mask) != (network.bytes[bit / 8] & mask)) return false;
  }
  return true;
}

bool NetworkHolds(std::string_view entry, std::string_view host) {
  const size_t slash = entry.find('/');
  const auto network = ParseAddress(entry.substr(0, slash));
  const auto address = ParseAddress(host);
  const std::string_view length = entry.substr(slash + 1);
  int prefix = -1;
  const auto parsed = std::from_chars(length.data(), length.data() + length.size(), prefix);
  if (parsed.ec != std::errc() || parsed.ptr != length.data() + length.size()) return false;
  if (!network || !address || prefix < 0 || prefix > network->bits) return false;
  return InNetwork(*address, *network, prefix);
}

bool NameMatches(std::string_view entry, std::string_view host) {
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) return host.size() > entry.size() && host.ends_with(entry);
  return host == entry || (host.size() > entry.size() && host.ends_with(entry) &&
                           host[host.size() - entry.size() - 1] == '.');
}

bool EntryMatches(std::string_view entry, const HostPort& where) {
  if (entry == "*") return true;
  if (entry.find('/') != std::string_view::npos) return NetworkHolds(entry, where.host);
  std::string_view name = entry;
  const bool bare_address = ParseAddress(entry).has_value();  // "::1" has colons and no port
  if (!bare_address) {
    const size_t colon = entry.rfind(':');
    const size_t bracket = entry.rfind(']');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
      if (entry.substr(colon + 1) != std::to_string(where.port)) return false;
      name = entry.substr(0, colon);
    }
    if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  }
  const auto wanted = ParseAddress(name);
  const auto address = ParseAddress(where.host);
  if (wanted || address) return wanted && address && InNetwork(*address, *wanted, wanted->bits);
  return !name.empty() && NameMatches(name, where.host);
}

bool IsExempt(std::string_view no_proxy, const HostPort& where) {
  if (IsLoopback(where.host)) return true;
  HostPort plain = where;
  plain.host = AsciiLower(where.host);
  if (plain.host.ends_with('.')) plain.host.pop_back();
  for (const std::string_view entry : StrSplit(no_proxy, ',')) {
    if (EntryMatches(AsciiLower(StripWhitespace(entry)), plain)) return true;
  }
  return false;
}

}  // namespace

std::string ProxyFor(
    std::string_view origin,
    const std::function<std::optional<std::string>(const std::string&)>& variable) {
  const auto parsed = ParseOrigin(origin);
  if (!parsed.ok()) return "";
  const auto first = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const auto value = variable(name);
      if (value && !value->empty()) return *value;
    }
    return std::string();
  };
  if (IsExempt(first({"no_proxy", "NO_PROXY"}), parsed->where)) return "";
  return parsed->tls ? first({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
                     : first({"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"});
}

}  // namespace ameide::http
