#include "base/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace ameide {

std::optional<IpNetwork> ParseIpNetwork(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (address.find('\0') != std::string::npos) return std::nullopt;
  IpNetwork network;
  if (::inet_pton(AF_INET, address.c_str(), network.bytes.data()) == 1) {
    network.bits = 32;
  } else if (::inet_pton(AF_INET6, address.c_str(), network.bytes.data()) == 1) {
    network.bits = 128;
  } else {
    return std::nullopt;
  }
  network.length = network.bits;
  if (slash == std::string_view::npos) return network;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + slash + 1, end, network.length);
  const bool fits = network.length >= 0 && network.length <= network.bits;
  return error == std::errc() && rest == end && fits ? std::optional(network) : std::nullopt;
}

bool Overlap(const IpNetwork& one, const IpNetwork& other) {
  if (one.bits != other.bits) return false;
  const auto common = static_cast<size_t>(std::min(one.length, other.length));
  for (size_t bit = 0; bit < common; ++bit) {
    const int mask = 0x80 >> (bit % 8);
    if ((one.bytes[bit / 8] & mask) != (other.bytes[bit / 8] & mask)) return false;
  }
  return true;
}

}  // namespace ameide
