// The client through a proxy.
#include <poll.h>
#include <sys/socket.h>

#include <mutex>

#include "base/http/client.h"
#include "base/http/server.h"
#include "base/http/testing/certificates.h"
#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawPeer;
using testing::RawServer;
using ::testing::StartsWith;

// Carries bytes both ways until one side is done.
void Splice(RawPeer& left, RawPeer& right) {
  while (true) {
    pollfd polls[] = {{left.fd(), POLLIN, 0}, {right.fd(), POLLIN, 0}};
    if (::poll(polls, 2, 30'000) <= 0) return;
    for (int side = 0; side < 2; ++side) {
      if (polls[side].revents == 0) continue;
      char bytes[4096];
      const ssize_t got = ::recv(polls[side].fd, bytes, sizeof bytes, 0);
      if (got <= 0) return;
      RawPeer& other = side == 0 ? right : left;
      if (!other.Say({bytes, static_cast<size_t>(got)})) return;
    }
  }
}

// A proxy that only knows CONNECT, to one port; remembers what it was asked.
class TunnelProxy {
 public:
  explicit TunnelProxy(uint16_t port)
      : server_([this, port](RawPeer& peer, int) {
          {
            const std::string head = peer.ReadHead();
            const std::lock_guard lock(mutex_);
            heads_.push_back(head);
          }
          RawPeer target = RawPeer::Call(port);
          peer.Say("HTTP/1.1 200 Connection established\r\n\r\n");
          Splice(peer, target);
        }) {}
  std::string address(const std::string& user = "") const {
    return StrCat("http://", user, "127.0.0.1:", server_.port());
  }
  std::vector<std::string> heads() {
    const std::lock_guard lock(mutex_);
    return heads_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> heads_;
  RawServer server_;
};

Handler Answer() {
  return [](const Request& request) -> Reply {
    if (request.target == "/ws") {
      return {{}, [](WebSocket& socket) { (void)socket.WriteText("hello"); }};
    }
    return {{200, {}, "inside"}, nullptr};
  };
}

TEST(ClientProxy, TlsGoesThroughATunnelThatSeesNoHeaderOfOurs) {
  const testing::TestAuthority authority;
  const auto own = authority.Issue({.names = {"coder.example.com"}});
  const auto server =
      StartServer({.certificate_pem = own.certificate_pem, .key_pem = own.key_pem}, Answer());
  ASSERT_TRUE(server.ok());
  TunnelProxy proxy((*server)->port());
  const auto client = MakeClient({.origin = "https://coder.example.com",
                                  .headers = {{"Token", "fake-token"}},
                                  .proxy = proxy.address("me:fake-pass@"),
                                  .ca_pem = authority.pem()});
  ASSERT_TRUE(client.ok());
  for (int i = 0; i < 2; ++i) {
    const auto answer = (*client)->Send({"GET", "/", {}, ""});
    ASSERT_TRUE(answer.ok()) << answer.error().ToString();
    EXPECT_EQ(answer->body, "inside");
  }
  EXPECT_EQ(proxy.heads(),
            std::vector<std::string>{"CONNECT coder.example.com:443 HTTP/1.1\r\nHost: "
                                     "coder.example.com:443\r\nProxy-Authorization: Basic "
                                     "bWU6ZmFrZS1wYXNz\r\n\r\n"});
}

TEST(ClientProxy, AWebSocketIsTunnelledEvenWithoutTls) {
  const auto server = StartServer({}, Answer());
  ASSERT_TRUE(server.ok());
  TunnelProxy proxy((*server)->port());
  const auto client = MakeClient({.origin = "http://coder.example.com", .proxy = proxy.address()});
  const auto socket = (*client)->OpenWebSocket("/ws");
  ASSERT_TRUE(socket.ok()) << socket.error().ToString();
  EXPECT_EQ((*socket)->Read({}, Millis(10'000)).value(), "hello");
  ASSERT_EQ(proxy.heads().size(), 1u);
  EXPECT_THAT(proxy.heads()[0], StartsWith("CONNECT coder.example.com:80 "));
}

TEST(ClientProxy, PlainRequestsAskTheProxyInAbsoluteForm) {
  std::mutex mutex;
  std::string heard;
  RawServer proxy([&](RawPeer& peer, int) {
    const std::string head = peer.ReadHead();
    const std::lock_guard lock(mutex);
    heard = head;
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const auto client = MakeClient({.origin = "http://coder.example.com:81",
                                  .proxy = StrCat("http://me:fake-pass@127.0.0.1:", proxy.port())});
  ASSERT_TRUE((*client)->Send({"GET", "/a?b", {}, ""}).ok());
  const std::lock_guard lock(mutex);
  EXPECT_EQ(heard,
            "GET http://coder.example.com:81/a?b HTTP/1.1\r\nHost: coder.example.com:81\r\n"
            "Proxy-Authorization: Basic bWU6ZmFrZS1wYXNz\r\n\r\n");
}

TEST(ClientProxy, ARefusalNamesTheProxyAndNoSecret) {
  struct Case {
    const char* answer;
    const char* text;
  };
  for (const Case& c : {Case{"HTTP/1.1 407 Authenticate\r\nContent-Length: 100000\r\n\r\nfake",
                             "user and password"},
                        Case{"HTTP/1.1 403 Forbidden\r\n\r\n", "proxy answered 403"},
                        Case{"garbage\r\n\r\n", "not HTTP"}, Case{"", "without an answer"}}) {
    RawServer proxy([&](RawPeer& peer, int) {
      peer.ReadHead();
      peer.Say(c.answer);
    });
    const auto client =
        MakeClient({.origin = "https://coder.example.com",
                    .proxy = StrCat("http://me:fake-pass@127.0.0.1:", proxy.port())});
    const auto answer = (*client)->Send({"GET", "/", {}, ""});
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
    const std::string text = answer.error().ToString();
    EXPECT_THAT(text, HasSubstr(c.text));
    EXPECT_THAT(text, HasSubstr(StrCat("127.0.0.1:", proxy.port())));
    EXPECT_THAT(text, Not(HasSubstr("fake-pass")));
    EXPECT_THAT(text, Not(HasSubstr("Basic")));
  }
}

}  // namespace
}  // namespace ameide::http
