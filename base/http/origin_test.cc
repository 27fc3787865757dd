#include "base/http/origin.h"

#include "gtest/gtest.h"

namespace ameide::http {
namespace {

TEST(Origin, KnowsSchemeHostAndPort) {
  struct Case {
    const char* text;
    bool tls;
    const char* host;
    int port;
    const char* authority;
  };
  for (const Case& c :
       {Case{"https://coder.example.com", true, "coder.example.com", 443, "coder.example.com"},
        Case{"http://localhost:8080", false, "localhost", 8080, "localhost:8080"},
        Case{"HTTPS://Host:443", true, "Host", 443, "Host"},
        Case{"http://h:443", false, "h", 443, "h:443"},
        Case{"https://[::1]", true, "::1", 443, "[::1]"},
        Case{"https://[2001:db8::2]:7", true, "2001:db8::2", 7, "[2001:db8::2]:7"}}) {
    const auto origin = ParseOrigin(c.text);
    ASSERT_TRUE(origin.ok()) << c.text;
    EXPECT_EQ(origin->tls, c.tls) << c.text;
    EXPECT_EQ(origin->where.host, c.host);
    EXPECT_EQ(origin->where.port, c.port);
    EXPECT_EQ(origin->Authority(), c.authority);
  }
}

TEST(Origin, RefusesEverythingElse) {
  for (const char* text :
       {"", "host", "ftp://host", "https://", "https://host/", "https://host/path", "https://h:0",
        "https://h:65536", "https://h:1x", "https://h:", "https://a b", "https://h\r\nx",
        "https://[::1", "https://[h]", "https://::1", "https://h?x", "https://\xc3\xa4"}) {
    const auto origin = ParseOrigin(text);
    ASSERT_FALSE(origin.ok()) << text;
    EXPECT_EQ(origin.error().kind, ErrorKind::kInvalid);
  }
}

TEST(Origin, AUserIsRefusedAndNotRepeated) {
  const auto origin = ParseOrigin("https://me:fake-pass@host");
  ASSERT_FALSE(origin.ok());
  const std::string text = origin.error().ToString();
  EXPECT_NE(text.find("names a user"), std::string::npos) << text;
  EXPECT_EQ(text.find("fake-pass"), std::string::npos) << text;
}

TEST(Proxy, UserAndPasswordBecomeAHeader) {
  const auto proxy = ParseProxy("http://me:fake%3Apass@proxy.example.com:3128/");
  ASSERT_TRUE(proxy.ok());
  EXPECT_EQ(ToString(proxy->where), "proxy.example.com:3128");
  EXPECT_EQ(proxy->authorization, "Basic bWU6ZmFrZTpwYXNz");  // me:fake:pass
  EXPECT_EQ(ParseProxy("http://me@proxy")->authorization, "Basic bWU6");
}

TEST(Proxy, TheSchemeMayBeLeftOut) {
  EXPECT_EQ(ToString(ParseProxy("proxy:3128")->where), "proxy:3128");
  EXPECT_EQ(ToString(ParseProxy("http://[::1]:3128")->where), "[::1]:3128");
  EXPECT_EQ(ParseProxy("proxy")->authorization, "");
}

TEST(Proxy, AnUnusableProxyIsRefusedAndNotRepeated) {
  for (const char* text : {"socks5://fake-pass@h:1", "https://u:fake-pass@h", "http://fake-pass@",
                           "http://u:fake-pass@h:x", "http://h/fake-pass"}) {
    const auto proxy = ParseProxy(text);
    ASSERT_FALSE(proxy.ok()) << text;
    EXPECT_EQ(proxy.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(proxy.error().ToString().find("fake-pass"), std::string::npos);
  }
}

TEST(Origin, KnowsLoopback) {
  for (const char* host : {"localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host :
       {"localhost.example.com", "127.example.com", "128.0.0.1", "::2", "127.1"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace ameide::http
