#include "base/ip_network.h"

#include "gtest/gtest.h"

namespace ameide {
namespace {

TEST(IpNetwork, AddressesAndNetworksAreReadAndNothingElse) {
  EXPECT_EQ(ParseIpNetwork("10.0.0.0/8")->length, 8);
  EXPECT_EQ(ParseIpNetwork("10.0.0.1")->length, 32);
  EXPECT_EQ(ParseIpNetwork("fd00::/00")->length, 0);
  EXPECT_EQ(ParseIpNetwork("::1")->bits, 128);
  for (const std::string_view text :
       {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0/8",
        "::/129", "::/99999999999", "a.example.com", "[::1]", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(ParseIpNetwork(text)) << text;
  }
  EXPECT_FALSE(ParseIpNetwork(std::string_view("10.0.0.1\0/8", 11)));
}

TEST(IpNetwork, OverlapIsAboutTheShorterPrefix) {
  const auto overlap = [](std::string_view one, std::string_view other) {
    return Overlap(*ParseIpNetwork(one), *ParseIpNetwork(other));
  };
  EXPECT_TRUE(overlap("10.1.0.0/16", "10.0.0.0/8"));
  EXPECT_TRUE(overlap("10.0.0.0/8", "10.1.0.0/16"));
  EXPECT_TRUE(overlap("169.254.1.2", "169.254.255.255/16"));
  EXPECT_FALSE(overlap("169.253.255.255", "169.254.0.0/16"));
  EXPECT_FALSE(overlap("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(overlap("fe80::1", "fe80::/10"));
  EXPECT_FALSE(overlap("fec0::1", "fe80::/10"));
  EXPECT_FALSE(overlap("0.0.0.0/0", "::/0"));
}

}  // namespace
}  // namespace ameide
