#include "base/http/server.h"

#include <fcntl.h>

#include <future>
#include <thread>

#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::http {
namespace {

using ::testing::HasSubstr;
using testing::RawPeer;
using ::testing::StartsWith;

// Repeats what it heard.
Reply Echo(const Request& request) {
  std::string body = StrCat(request.method, " ", request.target, "\n");
  for (const auto& [name, value] : request.headers) StrAppend(&body, name, "=", value, "\n");
  return {{200, {{"Content-Type", "text/plain"}}, StrCat(body, request.body)}, nullptr};
}

std::unique_ptr<Server> Start(ServerOptions options = {}, Handler handler = Echo) {
  auto server = StartServer(std::move(options), std::move(handler));
  EXPECT_TRUE(server.ok());
  return std::move(server).value();
}

std::unique_ptr<Client> ClientOf(const Server& server) {
  return std::move(MakeClient({.origin = server.origin()})).value();
}

TEST(Server, AnswersRequests) {
  const auto server = Start();
  EXPECT_EQ(server->origin(), StrCat("http://127.0.0.1:", server->port()));
  const auto answer = ClientOf(*server)->Send({"PUT", "/a%20b?c", {{"X-Y", "z"}}, "body"});
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(FindHeader(answer->headers, "content-type"), "text/plain");
  EXPECT_THAT(answer->body, StartsWith("PUT /a%20b?c\nHost="));
  EXPECT_THAT(answer->body, HasSubstr("X-Y=z\n"));
  EXPECT_THAT(answer->body, ::testing::EndsWith("\nbody"));
}

TEST(Server, ManyRequestsShareAConnectionAlsoPipelined) {
  const auto server = Start();
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say(
      "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
  const std::string heard = peer.ReadToEnd();
  for (const char* part : {"GET /1", "GET /2", "GET /3"}) EXPECT_THAT(heard, HasSubstr(part));
}

TEST(Server, HeadGetsTheLengthAndNoBody) {
  const auto server = Start({}, [](const Request& request) -> Reply {
    if (request.target == "/known") return {{200, {{"Content-Length", "123456"}}, ""}, nullptr};
    if (request.target == "/bad") return {{200, {{"Content-Length", "1\r\nX: y"}}, ""}, nullptr};
    return {{200, {}, "12345"}, nullptr};
  });
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(peer.ReadHead(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  peer.Say("HEAD /known HTTP/1.1\r\n\r\n");
  EXPECT_EQ(peer.ReadHead(), "HTTP/1.1 200 OK\r\nContent-Length: 123456\r\n\r\n");
  peer.Say("HEAD /bad HTTP/1.1\r\n\r\n");
  EXPECT_EQ(peer.ReadHead(), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  peer.Say("GET /known HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(peer.ReadToEnd(), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(Server, AnswersWithoutBodyHaveNoLength) {
  const auto server = Start({}, [](const Request&) -> Reply { return {{204, {}, ""}, nullptr}; });
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(peer.ReadToEnd(), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

// Answers with these pieces, one by one.
Handler StreamOf(std::vector<std::string> pieces, Headers headers = {}) {
  return [pieces, headers](const Request&) -> Reply {
    return {.response = {200, headers, "not sent"}, .body = [pieces](BodyWriter& body) {
              for (const std::string& piece : pieces) EXPECT_TRUE(body.Write(piece).ok());
            }};
  };
}

TEST(Server, AStreamedBodyComesInChunksAndTheConnectionGoesOn) {
  const auto server = Start(
      {}, StreamOf({"one", "", std::string(300, 'x')}, {{"X", "y"}, {"Content-Length", "5"}}));
  RawPeer peer = RawPeer::Call(server->port());
  for (int i = 0; i < 2; ++i) {
    peer.Say("GET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(peer.ReadHead(), "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string body = StrCat("3\r\none\r\n12c\r\n", std::string(300, 'x'), "\r\n0\r\n\r\n");
    EXPECT_EQ(peer.ReadExactly(body.size()), body);
  }
  EXPECT_EQ(ClientOf(*server)->Send({"GET", "/", {}, ""})->body,
            StrCat("one", std::string(300, 'x')));
}

TEST(Server, AStreamToAnOldClientEndsWithTheConnection) {
  const auto server = Start({}, StreamOf({"one", "two"}));
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(peer.ReadToEnd(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwo");
}

TEST(Server, AStreamIsNotMadeWhereThereIsNoBody) {
  const auto server = Start({}, [](const Request& request) -> Reply {
    return {.response = {request.method == "HEAD" ? 200 : 304, {}, ""},
            .body = [](BodyWriter&) { ADD_FAILURE() << "called"; }};
  });
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(peer.ReadHead(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  peer.Say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(peer.ReadToEnd(), "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
}

TEST(Server, AStreamGoesOnWhileItIsWanted) {
  std::promise<void> over[3];
  const auto tell = [&](const Request& request) -> Reply {
    if (request.target.size() != 2) return {{200, {}, "next"}, nullptr};
    std::promise<void>& mine = over[request.target[1] - '0'];
    return {.response = {200, {}, ""}, .body = [&mine](BodyWriter& body) {
              while (body.WaitWhileWanted(Millis(1))) (void)body.Write("on ");
              mine.set_value();
            }};
  };
  auto server = Start({}, tell);
  RawPeer leaving = RawPeer::Call(server->port());
  leaving.Say("GET /0 HTTP/1.1\r\n\r\n");
  leaving.ReadUntil("on ");
  leaving.Close();
  over[0].get_future().wait();

  RawPeer asking = RawPeer::Call(server->port());
  asking.Say("GET /1 HTTP/1.1\r\n\r\n");
  asking.ReadUntil("on ");
  asking.Say("GET /next HTTP/1.1\r\n\r\n");
  EXPECT_THAT(asking.ReadUntil("next"), HasSubstr("0\r\n\r\nHTTP/1.1 200 OK"));
  over[1].get_future().wait();

  RawPeer staying = RawPeer::Call(server->port());
  staying.Say("GET /2 HTTP/1.1\r\n\r\n");
  staying.ReadUntil("on ");
  server.reset();
  over[2].get_future().wait();
}

TEST(Server, AStatusThatIsNoneBecomes500) {
  const auto server = Start({}, [](const Request&) { return Reply(); });
  EXPECT_EQ(ClientOf(*server)->Send({"GET", "/", {}, ""}).value().status, 500);
}

TEST(Server, LargeBodiesGoBothWays) {
  const auto server = Start();
  const std::string body(5u << 20, 'x');
  const auto answer = ClientOf(*server)->Send({"POST", "/", {}, body});
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_THAT(answer->body, ::testing::EndsWith(body));
}

TEST(Server, AHandlerCannotBreakTheMessage) {
  const auto server = Start({}, [](const Request&) -> Reply {
    return {{200, {{"X", "a\r\nSet: b"}, {"Content-Length", "99"}, {"Y", "z"}}, "ok"}, nullptr};
  });
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(peer.ReadToEnd(),
            "HTTP/1.1 200 OK\r\nY: z\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
}

TEST(Server, BodiesComeInBothForms) {
  const auto server = Start();
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(peer.ReadUntil("abcde"), HasSubstr("200 OK"));
  peer.Say("POST / HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nxyz");
  EXPECT_THAT(peer.ReadToEnd(), HasSubstr("xyz"));
}

TEST(Server, ABodyHeldBackIsAskedFor) {
  const auto server = Start();
  RawPeer peer = RawPeer::Call(server->port());
  peer.Say("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(peer.ReadHead(), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.Say("abc");
  EXPECT_THAT(peer.ReadUntil("abc"), HasSubstr("200 OK"));
}

TEST(Server, WhatCannotBeServedIsRefusedWithAStatus) {
  const auto server = Start({.max_body = 1000, .max_header = 2000});
  const std::string kilobyte(1024, 'a');
  struct Case {
    std::string request;
    const char* status;
  };
  const Case cases[] = {
      {"nonsense\r\n\r\n", "400"},
      {"GET / HTTP/9.9\r\n\r\n", "400"},
      {"GET nowhere HTTP/1.1\r\n\r\n", "400"},
      {"CONNECT h:1 HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nbad header\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", "400"},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na", "400"},
      {StrCat("POST / HTTP/1.1\r\nContent-Length: 1024\r\n\r\n", kilobyte), "413"},
      {StrCat("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n", kilobyte), "413"},
      {StrCat("GET / HTTP/1.1\r\nX: ", kilobyte, kilobyte, "\r\n\r\n"), "431"},
      {StrCat("GET /", kilobyte, kilobyte), "431"},
      {StrCat("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;", kilobyte, kilobyte),
       "431"},
  };
  for (const Case& c : cases) {
    RawPeer peer = RawPeer::Call(server->port());
    peer.Say(c.request);
    const std::string answer = peer.ReadHead();
    EXPECT_THAT(answer, StartsWith(StrCat("HTTP/1.1 ", c.status))) << c.request.substr(0, 80);
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
    EXPECT_EQ(peer.ReadToEnd(), "");
  }
}

TEST(Server, IdleAndSlowConnectionsAreClosed) {
  const auto server = Start({.idle_timeout = Millis(300)});
  RawPeer idle = RawPeer::Call(server->port());
  EXPECT_EQ(idle.ReadToEnd(), "");
  RawPeer slow = RawPeer::Call(server->port());
  slow.Say("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
  while (!slow.PeerLeavesWithin(5)) slow.Say("a");
  EXPECT_THAT(slow.ReadToEnd(), StartsWith("HTTP/1.1 408"));
}

TEST(Server, DestructionEndsConnectionsAtRestAndUnderWay) {
  auto server = Start();
  RawPeer rest = RawPeer::Call(server->port());
  rest.Say("GET / HTTP/1.1\r\n\r\n");
  rest.ReadHead();
  RawPeer half = RawPeer::Call(server->port());
  half.Say("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  RawPeer silent = RawPeer::Call(server->port());
  server.reset();
  for (RawPeer* peer : {&rest, &half, &silent}) peer->ReadToEnd();  // would block otherwise
}

TEST(Server, TooManyConnectionsAreTurnedAway) {
  const auto server = Start({.max_connections = 1});
  RawPeer first = RawPeer::Call(server->port());
  first.Say("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(first.ReadHead(), HasSubstr("200 OK"));
  RawPeer second = RawPeer::Call(server->port());
  EXPECT_THAT(second.ReadToEnd(), StartsWith("HTTP/1.1 503"));
}

TEST(Server, AUnixSocketServesItsOwnerOnlyAndIsRemoved) {
  const ameide::testing::TempDir folder;
  const fs::path path = folder.path() / "s";
  for (int round = 0; round < 2; ++round) {
    const auto server = Start({.unix_socket = path});
    EXPECT_EQ(server->port(), 0);
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    RawPeer peer = RawPeer::CallPath(path.string());
    peer.Say("GET /x HTTP/1.1\r\n\r\n");
    EXPECT_THAT(peer.ReadUntil("GET /x"), HasSubstr("200 OK"));
    const auto second = StartServer({.unix_socket = path}, Echo);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Server, AnAbandonedSocketFileIsReplacedAndNothingElse) {
  const ameide::testing::TempDir folder;
  const fs::path socket = folder.path() / "s";
  {
    const auto server = Start({.unix_socket = socket});
    fs::rename(socket, folder.path() / "kept");
  }
  fs::rename(folder.path() / "kept", socket);
  EXPECT_TRUE(StartServer({.unix_socket = socket}, Echo).ok());
  const fs::path file = folder.path() / "f";
  ASSERT_TRUE(WriteFileAtomically(file, "mine").ok());
  EXPECT_EQ(StartServer({.unix_socket = file}, Echo).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(*ReadFile(file, 100), "mine");
  const fs::path deep = folder.path() / std::string(120, 'x');
  EXPECT_EQ(StartServer({.unix_socket = deep}, Echo).error().kind, ErrorKind::kInvalid);
}

TEST(Server, APortInUseIsAConflict) {
  const auto server = Start();
  const auto second = StartServer({.port = server->port()}, Echo);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
}

TEST(Server, NoDescriptorIsInherited) {
  const auto server = Start();
  const auto client = ClientOf(*server);
  ASSERT_TRUE(client->Send({"GET", "/", {}, ""}).ok());
  int sockets = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    // Not fstat: for ThreadSanitizer that would be a use of what another thread closes.
    std::error_code gone;
    const std::string what = fs::read_symlink(entry.path(), gone).string();
    if (fd <= 2 || !what.starts_with("socket:")) continue;
    ++sockets;
    EXPECT_TRUE(::fcntl(fd, F_GETFD) & FD_CLOEXEC) << fd;
  }
  EXPECT_GE(sockets, 3);  // listener, and both sides of the connection at rest
}

}  // namespace
}  // namespace ameide::http
