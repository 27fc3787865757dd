// The client against servers that lie, stall and break off.
#include "base/http/client.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "base/http/server.h"
#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::http {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawPeer;
using testing::RawServer;

std::unique_ptr<Client> ClientOf(const std::string& origin, ClientOptions options = {}) {
  options.origin = origin;
  auto client = MakeClient(std::move(options));
  EXPECT_TRUE(client.ok());
  return std::move(client).value();
}

RawServer::Talk Always(std::string answer) {
  return [answer = std::move(answer)](RawPeer& peer, int) {
    while (!peer.ReadHead().empty()) {
      if (!peer.Say(answer)) return;
      if (answer.find("Content-Length") == std::string::npos) return;
    }
  };
}

TEST(Client, SendsHeadersBodyAndLength) {
  std::promise<std::string> heard;
  RawServer server([&](RawPeer& peer, int) {
    heard.set_value(peer.ReadUntil("body!"));
    peer.Say("HTTP/1.1 201 Created\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok");
  });
  const auto client = ClientOf(server.origin(), {.headers = {{"Token", "fake"}}});
  const auto answer = client->Send({"POST", "/a?b=c", {{"Content-Type", "text/plain"}}, "body!"});
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->headers, (Headers{{"X-A", "1"}, {"X-A", "2"}, {"Content-Length", "2"}}));
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(
      heard.get_future().get(),
      StrCat("POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:", server.port(),
             "\r\nToken: fake\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nbody!"));
}

TEST(Client, ReadsEveryFormOfABody) {
  struct Case {
    const char* method;
    const char* answer;
    int status;
    const char* body;
  };
  const Case cases[] = {
      {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
      {"GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n",
       200, "abc"},
      {"GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"},
      {"GET", "HTTP/1.0 200 OK\r\n\r\nold", 200, "old"},
      {"GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
      {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, ""},
      {"GET",
       "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz", 200,
       "z"},
      {"GET", "HTTP/1.1 502 Bad\r\nContent-Length: 6\r\n\r\n<html>", 502, "<html>"},
  };
  for (const Case& c : cases) {
    RawServer server(Always(c.answer));
    const auto answer = ClientOf(server.origin())->Send({c.method, "/", {}, ""});
    ASSERT_TRUE(answer.ok()) << c.answer << answer.error().ToString();
    EXPECT_EQ(answer->status, c.status) << c.answer;
    EXPECT_EQ(answer->body, c.body) << c.answer;
  }
}

TEST(Client, BrokenAnswersAreErrorsWithACause) {
  struct Case {
    const char* answer;
    ErrorKind kind;
    const char* cause;
  };
  const Case cases[] = {
      {"", ErrorKind::kUnavailable, "without an answer"},
      {"220 smtp.example.com\r\n\r\n", ErrorKind::kUnavailable, "not HTTP"},
      {"HTTP/1.1 abc\r\n\r\n", ErrorKind::kUnavailable, "not HTTP"},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", ErrorKind::kUnavailable, "not HTTP"},
      {"HTTP/1.1 200 OK\r\nConte", ErrorKind::kUnavailable, "cut off"},
      {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", ErrorKind::kUnavailable, "not HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
       ErrorKind::kUnavailable, "not HTTP"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ErrorKind::kUnavailable,
       "cut off"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", ErrorKind::kUnavailable,
       "not HTTP"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n", ErrorKind::kUnavailable,
       "cut off"},
  };
  for (const Case& c : cases) {
    RawServer server([&](RawPeer& peer, int) {
      peer.ReadHead();
      peer.Say(c.answer);
    });
    const auto answer = ClientOf(server.origin())->Send({"GET", "/x?secret=fake-s", {}, ""});
    ASSERT_FALSE(answer.ok()) << c.answer;
    EXPECT_EQ(answer.error().kind, c.kind) << c.answer;
    EXPECT_THAT(answer.error().cause, HasSubstr(c.cause)) << c.answer;
    EXPECT_EQ(answer.error().target, server.origin() + "/x");
    EXPECT_EQ(server.connections(), 1) << "a fresh connection is no reason to try again";
  }
}

TEST(Client, ABodyShorterThanItsLengthIsNoAnswer) {
  RawServer server([&](RawPeer& peer, int) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  const auto answer = ClientOf(server.origin())->Send({});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kInvalid) << "an empty target";
  const auto real = ClientOf(server.origin())->Send({"GET", "/", {}, ""});
  ASSERT_FALSE(real.ok());
  EXPECT_EQ(real.error().kind, ErrorKind::kUnavailable);
}

TEST(Client, AResetInTheMiddleOfABodyIsUnavailable) {
  RawServer server([&](RawPeer& peer, int) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
    peer.Reset();
  });
  const auto answer = ClientOf(server.origin())->Send({"GET", "/", {}, ""});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

// Says `head`, then `more` for ever.
RawServer::Talk Endless(std::string head, std::string more) {
  return [head = std::move(head), more = std::move(more)](RawPeer& peer, int) {
    peer.ReadHead();
    bool listening = peer.Say(head);
    while (listening) listening = peer.Say(more);
  };
}

TEST(Client, EndlessAnswersEndAtTheLimits) {
  const std::string line(1000, 'a');
  struct Case {
    std::string head;
    std::string more;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\n\r\n", line},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", line},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3e8\r\n" + line + "\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8;", line},
      {"HTTP/1.1 200 OK\r\nX: ", line},
      {"HTTP/1.1 200 OK\r\n", "X: y\r\n"},
      {"", line},
      {"HTTP/1.1 200 ", line},
  };
  for (const Case& c : cases) {
    RawServer server(Endless(c.head, c.more));
    const auto client = ClientOf(server.origin(), {.max_body = 100'000, .max_header = 8192});
    const auto answer = client->Send({"GET", "/", {}, ""});
    ASSERT_FALSE(answer.ok()) << c.head;
    const bool garbage = c.head.empty();
    EXPECT_EQ(answer.error().kind, garbage ? ErrorKind::kUnavailable : ErrorKind::kDenied)
        << c.head << answer.error().ToString();
  }
}

TEST(Client, InterimAnswersWithoutEndAreRefused) {
  RawServer server(Endless("", "HTTP/1.1 100 Continue\r\n\r\n"));
  const auto answer = ClientOf(server.origin())->Send({"GET", "/", {}, ""});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

TEST(Client, OneAnswersLimitCanBeItsOwn) {
  RawServer server(Always("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"));
  const auto client = ClientOf(server.origin());
  EXPECT_EQ(client->Send({"GET", "/", {}, ""}, {.max_body = 2}).error().kind, ErrorKind::kDenied);
  EXPECT_TRUE(client->Send({"GET", "/", {}, ""}, {.max_body = 3}).ok());
}

TEST(Client, ASlowDripEndsAtTheTimeout) {
  RawServer server([](RawPeer& peer, int) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (!peer.PeerLeavesWithin(5)) peer.Say("a");
  });
  const auto client = ClientOf(server.origin());
  const auto answer = client->Send({"GET", "/", {}, ""}, {.timeout = Millis(100)});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kTimeout);
  EXPECT_THAT(answer.error().cause, HasSubstr("in time"));
}

TEST(Client, SilenceEndsAtTheTimeoutAlsoWhileABodyIsSent) {
  RawServer server([](RawPeer& peer, int) {
    while (!peer.PeerLeavesWithin(1000)) {
    }
  });
  const auto client = ClientOf(server.origin(), {.response_timeout = Millis(100)});
  const auto answer = client->Send({"POST", "/", {}, std::string(32u << 20, 'x')});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kTimeout);
}

TEST(Client, StopEndsABlockedCall) {
  std::stop_source stop;
  RawServer server([&](RawPeer& peer, int) {
    peer.ReadHead();
    stop.request_stop();
    peer.ReadToEnd();
  });
  const auto answer =
      ClientOf(server.origin())->Send({"GET", "/", {}, ""}, {.stop = stop.get_token()});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kCancelled);
  const auto late =
      ClientOf(server.origin())->Send({"GET", "/", {}, ""}, {.stop = stop.get_token()});
  EXPECT_EQ(late.error().kind, ErrorKind::kCancelled);
}

TEST(Client, NobodyThereIsUnavailable) {
  uint16_t port = 0;
  {
    const RawServer gone([](RawPeer&, int) {});
    port = gone.port();
  }
  const auto answer = ClientOf(StrCat("http://localhost:", port))->Send({"GET", "/", {}, ""});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(answer.error().ToString(), HasSubstr("refused"));
  const auto nameless = ClientOf("http://no-such-host.invalid")->Send({"GET", "/", {}, ""});
  EXPECT_THAT(nameless.error().kind, AnyOf(ErrorKind::kUnavailable, ErrorKind::kTimeout))
      << "the latter where the name server is dead";
  EXPECT_THAT(nameless.error().ToString(), HasSubstr("no-such-host.invalid"));
}

TEST(Client, ARedirectIsAnAnswer) {
  RawServer other(Always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  RawServer server(Always(StrCat("HTTP/1.1 302 Found\r\nLocation: ", other.origin(),
                                 "/\r\nContent-Length: 0\r\n\r\n")));
  const auto answer = ClientOf(server.origin())->Send({"GET", "/", {}, ""});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(FindHeader(answer->headers, "location"), other.origin() + "/");
  EXPECT_EQ(other.connections(), 0);
}

TEST(Client, ConnectionsAreUsedAgainWhenClean) {
  struct Case {
    const char* answer;
    int connections;  // for three requests
  };
  for (const Case& c :
       {Case{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", 1},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na", 3},
        Case{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 3},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", 3}}) {  // surplus bytes
    RawServer server(Always(c.answer));
    const auto client = ClientOf(server.origin());
    for (int i = 0; i < 3; ++i) {
      const auto answer = client->Send({"GET", "/", {}, ""});
      ASSERT_TRUE(answer.ok()) << c.answer << answer.error().ToString();
      EXPECT_EQ(answer->body, "a");
    }
    EXPECT_EQ(server.connections(), c.connections) << c.answer;
  }
}

// Answers one request, then takes a second one on the same connection and closes without a word.
RawServer::Talk ClosesOnTheSecond(std::atomic<int>* dropped) {
  return [dropped](RawPeer& peer, int number) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    if (peer.ReadHead().empty()) return;
    if (number == 0) {
      ++*dropped;
      return;
    }
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  };
}

TEST(Client, AStaleConnectionIsReplacedOnceForIdempotentRequests) {
  struct Case {
    const char* method;
    bool repeated;
  };
  for (const Case& c : {Case{"GET", true}, Case{"HEAD", true}, Case{"PUT", true},
                        Case{"DELETE", true}, Case{"POST", false}, Case{"PATCH", false}}) {
    std::atomic<int> dropped = 0;
    RawServer server(ClosesOnTheSecond(&dropped));
    const auto client = ClientOf(server.origin());
    ASSERT_TRUE(client->Send({"GET", "/", {}, ""}).ok());
    const auto answer = client->Send({c.method, "/", {}, ""});
    EXPECT_EQ(answer.ok(), c.repeated) << c.method;
    EXPECT_EQ(dropped, 1);
    EXPECT_EQ(server.connections(), c.repeated ? 2 : 1) << c.method;
  }
}

TEST(Client, AConnectionThatTheServerClosedAtRestIsNotUsed) {
  std::promise<void> closed;
  RawServer server([&](RawPeer& peer, int number) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    if (number > 0) return;
    peer.Close();
    closed.set_value();
  });
  const auto client = ClientOf(server.origin());
  ASSERT_TRUE(client->Send({"GET", "/", {}, ""}).ok());
  closed.get_future().wait();
  const auto answer = client->Send({"POST", "/", {}, ""});
  EXPECT_TRUE(answer.ok()) << answer.error().ToString();
}

TEST(Client, AnEarlyRefusalOfALargeBodyIsHeard) {
  RawServer server([](RawPeer& peer, int) {
    peer.ReadHead();
    peer.Say("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    peer.ReadToEnd();
  });
  const auto answer = ClientOf(server.origin())->Send({"POST", "/", {}, std::string(99999, 'x')});
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->status, 413);
}

TEST(Client, RequestsThatWouldBreakTheMessageAreRefused) {
  const auto client = ClientOf("http://127.0.0.1:1");
  const Request bad[] = {
      {"GET", "", {}, ""},
      {"GET", "no-slash", {}, ""},
      {"GET", "/a b", {}, ""},
      {"GET", "/a\r\nX: y", {}, ""},
      {"GET", "/\xc3\xa4", {}, ""},
      {"GE T", "/", {}, ""},
      {"GET", "/", {{"X", "fake-v\r\nY: z"}}, ""},
      {"GET", "/", {{"X y", "fake-v"}}, ""},
      {"GET", "/", {{"", "fake-v"}}, ""},
      {"GET", "/", {{"Host", "fake-v"}}, ""},
      {"GET", "/", {{"content-length", "fake-v"}}, ""},
  };
  for (const Request& request : bad) {
    const auto answer = client->Send(request);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, ErrorKind::kInvalid) << answer.error().ToString();
    EXPECT_THAT(answer.error().ToString(), Not(HasSubstr("fake-v")));
  }
}

TEST(Client, OptionsThatCannotWorkAreRefused) {
  ClientOptions none{.origin = "http://h"};
  none.max_connections = 0;
  for (const ClientOptions& options :
       {ClientOptions{.origin = "h"}, ClientOptions{.origin = "http://h", .proxy = "socks5://x"},
        ClientOptions{.origin = "http://h", .headers = {{"X", "a\nb"}}},
        ClientOptions{.origin = "https://h", .ca_pem = "no certificate"}, none}) {
    const auto client = MakeClient(options);
    ASSERT_FALSE(client.ok());
    EXPECT_EQ(client.error().kind, ErrorKind::kInvalid);
  }
}

TEST(Client, CallersBeyondTheConnectionsWaitTheirTurn) {
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  const auto server = StartServer({}, [&](const Request&) {
    const int now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --inside;
    return Reply{{200, {}, "x"}, nullptr};
  });
  ASSERT_TRUE(server.ok());
  ClientOptions options;
  options.max_connections = 3;
  const auto client = ClientOf((*server)->origin(), options);
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 24; ++i) {
      callers.emplace_back([&] {
        for (int j = 0; j < 5; ++j) answered += client->Send({"GET", "/", {}, ""}).ok() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(answered, 24 * 5);
  EXPECT_LE(most, 3);
}

TEST(Client, WaitingForATurnEndsAtTheTimeoutAndAtStop) {
  std::promise<void> busy;
  std::promise<void> done;
  RawServer server([&](RawPeer& peer, int) {
    peer.ReadHead();
    busy.set_value();
    done.get_future().wait();
    peer.Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  ClientOptions options;
  options.max_connections = 1;
  const auto client = ClientOf(server.origin(), options);
  auto first = std::async(std::launch::async, [&] { return client->Send({"GET", "/", {}, ""}); });
  busy.get_future().wait();
  const auto late = client->Send({"GET", "/", {}, ""}, {.timeout = Millis(20)});
  EXPECT_EQ(late.error().kind, ErrorKind::kTimeout);
  EXPECT_THAT(late.error().cause, HasSubstr("busy"));
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = client->Send({"GET", "/", {}, ""}, {.stop = stop.get_token()});
  EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
  done.set_value();
  EXPECT_TRUE(first.get().ok());
}

}  // namespace
}  // namespace ameide::http
