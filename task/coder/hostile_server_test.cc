// Servers that mean no good, over real sockets: nothing hangs, nothing crashes, and the token goes
// to the one server it is for.
#include <atomic>

#include "base/clock.h"
#include "base/http/server.h"
#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/coder/connection.h"
#include "task/coder/testing/scripted_http.h"

namespace ameide::coder {
namespace {

using http::testing::RawPeer;
using http::testing::RawServer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kToken[] = "fake-token-9876543210";

class HostileServer : public ::testing::Test {
 protected:
  std::unique_ptr<CoderClient> Client(const std::string& origin) {
    auto client = Connect({.url = origin, .token = kToken}, clock);
    EXPECT_TRUE(client.ok()) << client.error().ToString();
    return *std::move(client);
  }
  static void ExpectFailure(const Result<User>& me) {
    ASSERT_FALSE(me.ok());
    EXPECT_THAT(me.error().ToString(), Not(HasSubstr(kToken)));
  }

  testing::LeapingClock clock;  // pauses between attempts take no time
};

TEST_F(HostileServer, TheTokenIsInItsHeaderAndNowhereElse) {
  std::atomic<int> good{0};
  const auto server = http::StartServer({}, [&](const http::Request& request) {
    const bool in_header = http::FindHeader(request.headers, "Coder-Session-Token") == kToken;
    const bool elsewhere = StrCat(request.target, request.body).find(kToken) != std::string::npos ||
                           http::FindHeader(request.headers, "Origin").has_value();
    if (in_header && !elsewhere) ++good;
    return http::Reply{{200, {}, R"({"id":"u","username":"runner"})"}, {}};
  });
  ASSERT_TRUE(server.ok());
  EXPECT_TRUE(Client((*server)->origin())->Me({}).ok());
  EXPECT_EQ(good, 1);
}

TEST_F(HostileServer, AnAppCannotSendTheTokenToAnotherServer) {
  std::atomic<int> stolen{0};
  const auto thief = http::StartServer({}, [&](const http::Request&) {
    ++stolen;
    return http::Reply{{200, {}, ""}, {}};
  });
  const auto server = http::StartServer({}, [&](const http::Request&) {
    return http::Reply{{307, {{"Location", StrCat((*thief)->origin(), "/")}}, ""}, {}};
  });
  const auto client = Client((*server)->origin());
  const auto got = client->AppGet({}, {"runner", "w", "main", "ameide-evidence"}, "health");
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().kind, ErrorKind::kDenied);
  EXPECT_FALSE(client->Me({}).ok());
  EXPECT_EQ(stolen, 0);
}

TEST_F(HostileServer, ABodyWithoutAnEndIsCutOff) {
  RawServer server([](RawPeer& peer, int) {
    peer.ReadHead();
    if (!peer.Say("HTTP/1.1 200 OK\r\n\r\n")) return;
    const std::string piece(1 << 20, 'x');
    while (peer.Say(piece)) {
    }
  });
  ExpectFailure(Client(server.origin())->Me({}));
}

TEST_F(HostileServer, AWrongLengthIsNoAnswer) {
  RawServer server([](RawPeer& peer, int) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}");
  });
  ExpectFailure(Client(server.origin())->Me({}));
  EXPECT_EQ(server.connections(), kMaxAttempts);
}

TEST_F(HostileServer, GarbageIsNoAnswer) {
  RawServer server([](RawPeer& peer, int) {
    peer.ReadHead();
    peer.Say("\x1b[31mSMTP ready\r\n\r\n");
  });
  ExpectFailure(Client(server.origin())->Me({}));
}

TEST_F(HostileServer, AStopEndsWaitingForADrip) {
  std::stop_source stop;
  RawServer server([&](RawPeer& peer, int) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    for (int i = 0; i < 3; ++i) peer.Say("x");
    stop.request_stop();
    peer.ReadToEnd();
  });
  const auto me = Client(server.origin())->Me(stop.get_token());
  ExpectFailure(me);
  EXPECT_EQ(me.error().kind, ErrorKind::kCancelled);
}

TEST_F(HostileServer, ALogThatRepeatsItselfIsPassedOnOnce) {
  const auto server = http::StartServer({}, [&](const http::Request&) {
    return http::Reply{{}, [](http::WebSocket& socket) {
                         for (const char* message :
                              {R"([{"id":1,"output":"a"},{"id":2,"output":"b"}])", "not json", "[]",
                               R"([{"id":2,"output":"b"},{"id":3,"output":"c"}])"}) {
                           (void)socket.WriteText(message);
                         }
                         socket.Close();
                       }};
  });
  ASSERT_TRUE(server.ok());
  std::string seen;
  const Status followed = Client((*server)->origin())
                              ->FollowLogs({}, LogKind::kAgent, "f6", 0,
                                           [&](const LogLine& line) { seen += line.output; });
  EXPECT_TRUE(followed.ok()) << followed.error().ToString();
  EXPECT_EQ(seen, "abc");
}

}  // namespace
}  // namespace ameide::coder
