#include <map>

#include "base/http/client.h"
#include "gtest/gtest.h"

namespace ameide::http {
namespace {

using Variables = std::map<std::string, std::string>;

std::string For(std::string_view origin, const Variables& variables) {
  return ProxyFor(origin, [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(ProxyFor, TheSchemeChoosesTheVariable) {
  const Variables both = {{"HTTPS_PROXY", "http://s:1"}, {"HTTP_PROXY", "http://p:1"}};
  EXPECT_EQ(For("https://h", both), "http://s:1");
  EXPECT_EQ(For("http://h", both), "http://p:1");
  EXPECT_EQ(For("https://h", {{"HTTP_PROXY", "http://p:1"}}), "");
  EXPECT_EQ(For("https://h", {{"ALL_PROXY", "http://a:1"}}), "http://a:1");
  EXPECT_EQ(For("https://h", {{"ALL_PROXY", "a:1"}, {"https_proxy", "s:1"}}), "s:1");
  EXPECT_EQ(For("https://h", {}), "");
}

TEST(ProxyFor, LowerCaseComesFirstAndEmptyIsAbsent) {
  EXPECT_EQ(For("https://h", {{"HTTPS_PROXY", "up:1"}, {"https_proxy", "low:1"}}), "low:1");
  EXPECT_EQ(For("https://h", {{"HTTPS_PROXY", "up:1"}, {"https_proxy", ""}}), "up:1");
  EXPECT_EQ(For("https://h", {{"HTTPS_PROXY", "p"}, {"NO_PROXY", "h"}, {"no_proxy", "x"}}), "p");
}

TEST(ProxyFor, LoopbackIsAlwaysDirect) {
  for (const char* origin : {"http://localhost:1", "http://127.0.0.1", "https://[::1]:5"}) {
    EXPECT_EQ(For(origin, {{"ALL_PROXY", "p:1"}}), "") << origin;
  }
}

TEST(ProxyFor, ExemptionsAreReadAsGoReadsThem) {
  struct Case {
    const char* no_proxy;
    const char* origin;
    bool direct;
  };
  const Case cases[] = {
      {"*", "https://anything", true},
      {"example.com", "https://example.com", true},
      {"example.com", "https://a.b.example.com", true},
      {"example.com", "https://badexample.com", false},
      {"example.com", "https://example.com.evil", false},
      {"EXAMPLE.com", "https://Example.COM", true},
      {"example.com", "https://example.com.", true},
      {".example.com", "https://example.com", false},
      {".example.com", "https://a.example.com", true},
      {"*.example.com", "https://a.example.com", true},
      {"*.example.com", "https://example.com", false},
      {"a, example.com ,b", "https://example.com", true},
      {"example.com:8443", "https://example.com:8443", true},
      {"example.com:8443", "https://example.com", false},
      {"example.com:443", "https://example.com", true},
      {"10.0.0.5", "https://10.0.0.5", true},
      {"10.0.0.5", "https://10.0.0.55", false},
      {"10.0.0.5:443", "https://10.0.0.5", true},
      {"0.0.5", "https://10.0.0.5", false},
      {"10.0.0.0/8", "https://10.200.0.1", true},
      {"10.0.0.0/8", "https://11.0.0.1", false},
      {"10.0.0.0/0", "https://11.0.0.1", true},
      {"10.0.0.0/33", "https://10.0.0.1", false},
      {"10.0.0.0/", "https://10.0.0.0", false},
      {"10.0.0.0/8:443", "https://10.0.0.1", false},
      {"2001:db8::/32", "https://[2001:db8::7]", true},
      {"2001:db8::7", "https://[2001:DB8:0::7]", true},
      {"[2001:db8::7]:443", "https://[2001:db8::7]", true},
      {"[2001:db8::7]:80", "https://[2001:db8::7]", false},
      {"2001:db8::/32", "https://10.0.0.1", false},
      {"10.0.0.0/8", "https://name", false},
      {",, ,", "https://example.com", false},
      {":443", "https://example.com", false},
  };
  for (const Case& c : cases) {
    const Variables variables = {{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", c.no_proxy}};
    EXPECT_EQ(For(c.origin, variables), c.direct ? "" : "http://p:1")
        << c.no_proxy << " for " << c.origin;
  }
}

TEST(ProxyFor, WhatIsNoOriginHasNoProxy) { EXPECT_EQ(For("nonsense", {{"ALL_PROXY", "p:1"}}), ""); }

}  // namespace
}  // namespace ameide::http
