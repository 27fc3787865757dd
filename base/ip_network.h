// Internet addresses and networks as people write them. Pure.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ameide {

struct IpNetwork {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;    // of the family's addresses: 32 or 128
  int length = 0;  // of the prefix
};

// "10.0.0.0/8", "fd00::/8"; an address alone is the network of that one. Nothing for other forms.
std::optional<IpNetwork> ParseIpNetwork(std::string_view text);

// Whether an address is in both. IPv4 and IPv6 share none.
bool Overlap(const IpNetwork& one, const IpNetwork& other);

}  // namespace ameide
