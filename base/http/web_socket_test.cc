#include "base/http/web_socket.h"

#include <future>
#include <thread>

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

constexpr Millis kLong{20'000};

std::unique_ptr<Server> ServerThat(WebSocketHandler handler, ServerOptions options = {}) {
  auto server = StartServer(std::move(options), [handler](const Request&) -> Reply {
    return {{}, handler};
  });
  EXPECT_TRUE(server.ok());
  return std::move(server).value();
}

std::unique_ptr<WebSocket> Open(const std::string& origin, ClientOptions options = {}) {
  options.origin = origin;
  auto socket = MakeClient(options).value()->OpenWebSocket("/ws?x=1");
  EXPECT_TRUE(socket.ok()) << socket.error().ToString();
  return std::move(socket).value();
}

void Echo(WebSocket& socket) {
  while (true) {
    const auto message = socket.Read({}, kLong);
    if (!message.ok() || !*message) return;
    if (!socket.WriteBinary(**message).ok()) return;
  }
}

TEST(WebSocket, MessagesOfEverySizeComeBack) {
  const testing::TestAuthority authority;
  const auto own = authority.Issue();
  for (const bool tls : {false, true}) {
    ServerOptions options;
    if (tls) options = {.certificate_pem = own.certificate_pem, .key_pem = own.key_pem};
    const auto server = ServerThat(Echo, options);
    const auto socket = Open(server->origin(), {.ca_pem = tls ? authority.pem() : ""});
    for (const size_t size : {0u, 1u, 125u, 126u, 4096u, 65535u, 65536u, 300'000u}) {
      const std::string message(size, 'm');
      ASSERT_TRUE(socket->WriteText(message).ok());
      const auto back = socket->Read({}, kLong);
      ASSERT_TRUE(back.ok()) << back.error().ToString();
      EXPECT_EQ(back->value(), message);
    }
  }
}

TEST(WebSocket, TextAndBinaryAreToldApart) {
  const auto server = ServerThat([](WebSocket& socket) {
    for (int i = 0; i < 4 && socket.Read({}, kLong).ok(); ++i) {
      (void)socket.WriteText(socket.last_was_text() ? "text" : "binary");
    }
    (void)socket.WriteBinary("end");
  });
  const auto socket = Open(server->origin());
  for (const char* kind : {"text", "binary", "binary", "text"}) {
    ASSERT_TRUE((kind[0] == 't' ? socket->WriteText("m") : socket->WriteBinary("m")).ok());
    EXPECT_EQ(socket->Read({}, kLong).value(), kind);
    EXPECT_TRUE(socket->last_was_text());
  }
  EXPECT_EQ(socket->Read({}, kLong).value(), "end");
  EXPECT_FALSE(socket->last_was_text());
}

TEST(WebSocket, ManyMessagesAtOnceAreReadOneByOne) {
  const auto server = ServerThat([](WebSocket& socket) {
    for (int i = 0; i < 200; ++i) (void)socket.WriteText(std::to_string(i));
  });
  const auto socket = Open(server->origin());
  for (int i = 0; i < 200; ++i) EXPECT_EQ(socket->Read({}, kLong).value(), std::to_string(i));
  EXPECT_EQ(socket->Read({}, kLong).value(), std::nullopt) << "the server closes normally";
  EXPECT_EQ(socket->Read({}, kLong).value(), std::nullopt) << "and stays so";
}

TEST(WebSocket, ATimeoutLeavesItUsable) {
  std::promise<void> go;
  const auto server = ServerThat([&](WebSocket& socket) {
    go.get_future().wait();
    (void)socket.WriteText("late");
    Echo(socket);
  });
  const auto socket = Open(server->origin());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(socket->Read({}, Millis(5)).error().kind, ErrorKind::kTimeout);
  }
  EXPECT_TRUE(socket->WriteText("early").ok());
  go.set_value();
  EXPECT_EQ(socket->Read({}, kLong).value(), "late");
  EXPECT_EQ(socket->Read({}, kLong).value(), "early");
}

// The upgrade's answer for the key in `head`, made by a server of ours.
std::string UpgradeAnswer(const std::string& head) {
  const auto server = ServerThat([](WebSocket& socket) { (void)socket.Read({}, kLong); });
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say(head);
  return peer.ReadHead();
}

TEST(WebSocket, AMessageInPiecesSurvivesATimeoutInTheMiddle) {
  std::promise<void> go;
  RawServer server([&](RawPeer& peer, int) {
    peer.Say(UpgradeAnswer(peer.ReadHead()));
    peer.Say("\x81\x06");
    peer.Say("ab");
    go.get_future().wait();
    peer.Say("cd");
    peer.Say(std::string("ef\x89\x02hi", 6));              // and a ping
    const std::string pong = peer.ReadExactly(2 + 4 + 2);  // head, mask, what the ping said
    EXPECT_EQ(pong.substr(0, 2), "\x8a\x82");
    const std::string close = peer.ReadExactly(2 + 4 + 2);
    EXPECT_EQ(close.substr(0, 2), "\x88\x82");
  });
  auto socket = Open(server.origin());
  EXPECT_EQ(socket->Read({}, Millis(20)).error().kind, ErrorKind::kTimeout);
  go.set_value();
  EXPECT_EQ(socket->Read({}, kLong).value(), "abcdef");
  EXPECT_EQ(socket->Read({}, Millis(20)).error().kind, ErrorKind::kTimeout);
}

TEST(WebSocket, TheHandshakeCarriesOurHeadersAndNoOrigin) {
  std::promise<std::string> heard;
  RawServer server([&](RawPeer& peer, int) { heard.set_value(peer.ReadHead()); });
  const auto client = MakeClient({.origin = server.origin(), .headers = {{"Token", "fake-token"}}});
  const auto socket = (*client)->OpenWebSocket("/ws?x=fake-query");
  ASSERT_FALSE(socket.ok());
  EXPECT_EQ(socket.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(socket.error().ToString(), Not(HasSubstr("fake-")));
  const std::string head = heard.get_future().get();
  EXPECT_THAT(head, HasSubstr("GET /ws?x=fake-query HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("Token: fake-token\r\n"));
  EXPECT_THAT(head, HasSubstr(StrCat("Host: 127.0.0.1:", server.port(), "\r\n")));
  EXPECT_THAT(head, Not(HasSubstr("Origin")));
  EXPECT_THAT(head, Not(HasSubstr("permessage-deflate")));
}

TEST(WebSocket, ARefusedUpgradeIsAnErrorByItsStatus) {
  struct Case {
    int status;
    ErrorKind kind;
  };
  for (const Case& c : {Case{401, ErrorKind::kDenied}, Case{403, ErrorKind::kDenied},
                        Case{404, ErrorKind::kNotFound}, Case{500, ErrorKind::kUnavailable},
                        Case{200, ErrorKind::kUnavailable}, Case{302, ErrorKind::kUnavailable}}) {
    const auto server = StartServer({}, [&](const Request&) -> Reply {
      return {{c.status, {}, "no \x1b[31mentry" + std::string(9000, 'x')}, nullptr};
    });
    const auto client = MakeClient({.origin = (*server)->origin()});
    const auto socket = (*client)->OpenWebSocket("/ws");
    ASSERT_FALSE(socket.ok());
    EXPECT_EQ(socket.error().kind, c.kind) << c.status;
    EXPECT_THAT(socket.error().cause, HasSubstr(StrCat(c.status, ": no entry")));
    EXPECT_LT(socket.error().cause.size(), 1200u);
  }
}

TEST(WebSocket, ABrokenHandshakeIsUnavailable) {
  for (const char* answer :
       {"garbage\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: wrong\r\n\r\n"}) {
    RawServer server([&](RawPeer& peer, int) {
      peer.ReadHead();
      peer.Say(answer);
    });
    const auto client = MakeClient({.origin = server.origin()});
    const auto socket = (*client)->OpenWebSocket("/ws");
    ASSERT_FALSE(socket.ok()) << answer;
    EXPECT_EQ(socket.error().kind, ErrorKind::kUnavailable);
  }
}

TEST(WebSocket, AMessageTooLargeIsDenied) {
  const auto server = ServerThat([](WebSocket& socket) {
    (void)socket.WriteBinary(std::string(2000, 'x'));
    (void)socket.Read({}, kLong);
  });
  const auto socket = Open(server->origin(), {.max_body = 1000});
  const auto message = socket->Read({}, kLong);
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().kind, ErrorKind::kDenied);
  EXPECT_THAT(message.error().cause, HasSubstr("1000"));
}

TEST(WebSocket, WhatIsNoFrameOrNoTextEndsIt) {
  struct Case {
    std::string bytes;
    const char* name;
  };
  const Case cases[] = {
      {std::string("\x81\x02\xff\xff", 4), "text that is no UTF-8"},
      {std::string("\xf1\x02hi", 4), "reserved bits"},
      {std::string("\x83\x02hi", 4), "unknown operation"},
      {std::string("\x80\x02hi", 4), "a continuation of nothing"},
      {std::string("\x81\x82\0\0\0\0hi", 8), "a masked frame from a server"},
      {"", "the connection ended"},
      {std::string("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10), "an absurd length"},
  };
  for (const Case& c : cases) {
    RawServer server([&](RawPeer& peer, int) {
      peer.Say(UpgradeAnswer(peer.ReadHead()));
      peer.Say(c.bytes);
    });
    const auto socket = Open(server.origin());
    for (int again = 0; again < 2; ++again) {
      const auto message = socket->Read({}, kLong);
      ASSERT_FALSE(message.ok()) << c.name;
      EXPECT_NE(message.error().kind, ErrorKind::kTimeout) << c.name;
    }
  }
}

TEST(WebSocket, AnAbnormalCloseIsAnErrorWithCodeAndReason) {
  RawServer server([&](RawPeer& peer, int) {
    peer.Say(UpgradeAnswer(peer.ReadHead()));
    peer.Say(std::string("\x88\x06\x03\xf3oops", 8));  // 1011
    peer.ReadToEnd();
  });
  const auto message = Open(server.origin())->Read({}, kLong);
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(message.error().cause, HasSubstr("1011"));
  EXPECT_THAT(message.error().cause, HasSubstr("oops"));
}

TEST(WebSocket, AFloodOfPingsHoldsNobody) {
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += std::string("\x89\0", 2);
  RawServer server([&](RawPeer& peer, int) {
    peer.Say(UpgradeAnswer(peer.ReadHead()));
    while (peer.Say(pings)) {
    }
  });
  const auto socket = Open(server.origin());
  const auto message = socket->Read({}, Millis(50));
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().kind, ErrorKind::kTimeout);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(socket->Read(stop.get_token(), kLong).ok());
}

TEST(WebSocket, StopEndsARead) {
  std::stop_source stop;
  const auto server = ServerThat([&](WebSocket& socket) {
    stop.request_stop();
    (void)socket.Read({}, kLong);
  });
  const auto socket = Open(server->origin());
  EXPECT_EQ(socket->Read(stop.get_token(), kLong).error().kind, ErrorKind::kCancelled);
}

TEST(WebSocket, CloseFromAnotherThreadEndsAReadAndThePeerHearsIt) {
  std::promise<Result<std::optional<std::string>>> heard;
  const auto server =
      ServerThat([&](WebSocket& socket) { heard.set_value(socket.Read({}, kLong)); });
  const auto socket = Open(server->origin());
  std::promise<void> reading;
  auto reader = std::async(std::launch::async, [&] {
    EXPECT_EQ(socket->Read({}, Millis(1)).error().kind, ErrorKind::kTimeout);
    reading.set_value();
    return socket->Read({}, kLong);
  });
  reading.get_future().wait();
  socket->Close();
  EXPECT_EQ(reader.get().value(), std::nullopt);
  EXPECT_EQ(heard.get_future().get().value(), std::nullopt) << "a normal close";
  EXPECT_FALSE(socket->WriteText("x").ok());
  EXPECT_EQ(socket->Read({}, kLong).value(), std::nullopt);
}

TEST(WebSocket, AWriteToAPeerThatDoesNotReadEndsByClose) {
  std::promise<void> leave;
  RawServer server([&](RawPeer& peer, int) {
    peer.Say(UpgradeAnswer(peer.ReadHead()));
    leave.get_future().wait();
  });
  const auto socket = Open(server.origin());
  auto writer = std::async(std::launch::async, [&] {
    while (socket->WriteBinary(std::string(1u << 20, 'x')).ok()) {
    }
  });
  // However far the writer is, it ends.
  EXPECT_EQ(writer.wait_for(Millis(50)), std::future_status::timeout);
  socket->Close();
  writer.get();
  leave.set_value();
}

TEST(WebSocket, TheServersEndEndsItsHandlers) {
  std::promise<void> inside;
  std::promise<bool> ended;
  auto server = ServerThat([&](WebSocket& socket) {
    inside.set_value();
    ended.set_value(!socket.Read({}, kLong).ok());
  });
  const auto socket = Open(server->origin());
  inside.get_future().wait();
  server.reset();
  EXPECT_TRUE(ended.get_future().get());
}

TEST(WebSocket, ARequestThatIsNoUpgradeIsToldSo) {
  const auto server = ServerThat([](WebSocket&) { ADD_FAILURE() << "no upgrade was asked for"; });
  const auto answer =
      MakeClient({.origin = server->origin()}).value()->Send({"GET", "/ws", {}, ""});
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->status, 400);
}

}  // namespace
}  // namespace ameide::http
