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

// A log of six lines, each in a message of its own, behind a proxy that resets every connection
// after some bytes; `cuts` says how many connections.
class BrokenLog : public HostileServer, public ::testing::WithParamInterface<LogKind> {
 protected:
  static constexpr int kLines = 6;
  static constexpr size_t kFrameHead = 2;
  static constexpr size_t kWholeLog = 1 << 20;

  static std::string Message(int id) {
    const std::string line = StrCat("{\"id\":", id, ",\"output\":\"", id, "\"}");
    return GetParam() == LogKind::kAgent ? StrCat("[", line, "]") : line;
  }
  static size_t Bytes(int lines) {
    return static_cast<size_t>(lines) * (kFrameHead + Message(1).size());
  }
  http::Reply Answer(const http::Request& request) {
    const int after = std::atoi(&request.target[request.target.find("after=") + 6]);
    afters.push_back(after);
    return http::Reply{{}, [after](http::WebSocket& socket) {
                         for (int id = after + 1; id <= kLines; ++id) {
                           if (!socket.WriteText(Message(id)).ok()) return;
                         }
                         socket.Close();
                       }};
  }
  // Passes on the handshake and then so many bytes.
  static void PassOn(RawPeer& peer, RawPeer upstream, size_t bytes) {
    upstream.Say(peer.ReadHead());
    peer.Say(upstream.ReadHead());
    peer.Say(bytes == kWholeLog ? upstream.ReadToEnd() : upstream.ReadExactly(bytes));
    if (bytes != kWholeLog) peer.Reset();
  }
  Status Follow(size_t bytes, int cuts) {
    const auto server =
        http::StartServer({}, [this](const http::Request& request) { return Answer(request); });
    const std::string origin = (*server)->origin();
    const auto port = static_cast<uint16_t>(std::atoi(&origin[origin.rfind(':') + 1]));
    RawServer proxy([&](RawPeer& peer, int number) {
      PassOn(peer, RawPeer::Call(port), number < cuts ? bytes : kWholeLog);
    });
    const Status followed =
        Client(proxy.origin())->FollowLogs({}, GetParam(), "f6", 0, [this](const LogLine& line) {
          seen += line.output;
        });
    connections = proxy.connections();
    return followed;
  }

  std::vector<int> afters;  // what the server was asked for
  std::string seen;
  int connections = 0;
};

TEST_P(BrokenLog, GoesOnBehindItsLastWholeLineWithNoLineTwiceAndNoneLost) {
  const Status followed = Follow(Bytes(2) + 5, 2);
  EXPECT_TRUE(followed.ok()) << followed.error().ToString();
  EXPECT_EQ(seen, "123456");
  EXPECT_EQ(afters, (std::vector<int>{0, 2, 4}));
}

TEST_P(BrokenLog, WithoutAnyProgressItGivesUp) {
  const Status followed = Follow(5, 1000);
  ASSERT_FALSE(followed.ok());
  EXPECT_EQ(followed.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(followed.error().ToString(), Not(HasSubstr(kToken)));
  EXPECT_EQ(seen, "");
  EXPECT_EQ(connections, kMaxAttempts);
}

TEST_P(BrokenLog, ProgressIsARightToMoreAttempts) {
  const Status followed = Follow(Bytes(1) + 1, kLines - 1);
  EXPECT_TRUE(followed.ok()) << followed.error().ToString();
  EXPECT_EQ(seen, "123456");
}

INSTANTIATE_TEST_SUITE_P(Kinds, BrokenLog,
                         ::testing::Values(LogKind::kBuild, LogKind::kAgent,
                                           LogKind::kTemplateVersion));

}  // namespace
}  // namespace ameide::coder
