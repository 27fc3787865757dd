// ProxyFor. NO_PROXY is read as Go's httpproxy package documents it, so that Terraform's own
// requests and ours agree: entries between commas; "*" is every host; "example.com" is the domain
// and all below it, ".example.com" and "*.example.com" only those below; an address is itself,
// "10.0.0.0/8" a network; any but a network may end in ":port". Loopback needs no entry.
#include "base/http/client.h"
#include "base/http/origin.h"
#include "base/ip_network.h"
#include "base/strings.h"

namespace ameide::http {
namespace {

bool NameMatches(std::string_view entry, std::string_view host) {
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) return host.size() > entry.size() && host.ends_with(entry);
  return host == entry || (host.size() > entry.size() && host.ends_with(entry) &&
                           host[host.size() - entry.size() - 1] == '.');
}

bool EntryMatches(std::string_view entry, const HostPort& where) {
  if (entry == "*") return true;
  std::string_view name = entry;
  if (!ParseIpNetwork(entry)) {  // "::1" has colons and no port
    if (entry.find('/') != std::string_view::npos) return false;
    const size_t colon = entry.rfind(':');
    const size_t bracket = entry.rfind(']');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
      if (entry.substr(colon + 1) != std::to_string(where.port)) return false;
      name = entry.substr(0, colon);
    }
    if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  }
  const auto wanted = ParseIpNetwork(name);
  const auto address = ParseIpNetwork(where.host);
  if (wanted || address) return wanted && address && Overlap(*wanted, *address);
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
