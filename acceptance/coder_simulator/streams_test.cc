// Followed logs, watching, terminals and path apps.
#include "acceptance/coder_simulator/testing/world.h"
#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Streams : public ::testing::Test {
 protected:
  World world_;
};

TEST_F(Streams, BuildLogsAreObjectsAndEndWithTheJob) {
  world_.Start("exit 0");
  const auto messages =
      ReadAll(*world_.Open("/workspacebuilds/" + world_.build() + "/logs?follow&after=0"));
  ASSERT_GE(messages.size(), 3u);
  const Json first = ParseJson(messages[0]).value();
  int64_t id = 0;
  ASSERT_TRUE(At(first, "id")->GetInt64(&id));
  const auto rest =
      ReadAll(*world_.Open(StrCat("/workspacebuilds/", world_.build(), "/logs?follow&after=", id)));
  EXPECT_EQ(rest.size(), messages.size() - 1);
}

TEST_F(Streams, AgentLogsAreArraysAndOutliveTheScript) {
  world_.Start("echo one; echo two >&2; exit 0");
  world_.UntilEnded(world_.id());
  auto socket = world_.Open("/workspaceagents/" + world_.agent() + "/logs?follow");
  const auto messages = ReadAll(*socket, "two");
  EXPECT_NE(ParseJson(messages[0]).value().AsArray(), nullptr);
  EXPECT_EQ(socket->Read({}, Millis(100)).error().kind, ErrorKind::kTimeout);
  world_.Build("stop");
  ReadAll(*socket);  // ends
}

TEST_F(Streams, ADroppedLogGoesOnBehindItsLastLine) {
  world_.Start("exit 0");
  world_.UntilEnded(world_.id());
  ASSERT_TRUE(world_.server().Turn("websocket-drop=1").ok());
  const auto first = ReadAll(*world_.Open("/workspacebuilds/" + world_.build() + "/logs?follow"));
  ASSERT_EQ(first.size(), 1u);
  int64_t id = 0;
  At(ParseJson(first[0]).value(), "id")->GetInt64(&id);
  EXPECT_GE(
      ReadAll(*world_.Open(StrCat("/workspacebuilds/", world_.build(), "/logs?follow&after=", id)))
          .size(),
      2u);
}

TEST_F(Streams, WatchingTellsEveryChangeUntilTheClientSpeaks) {
  world_.Start("sleep 600");
  auto socket = world_.Open(world_.path() + "/watch-ws");
  const auto messages = ReadAll(*socket, "\"lifecycle_state\":\"starting\"");
  EXPECT_THAT(messages[0], HasSubstr("\"ping\""));
  world_.Build("delete");
  ReadAll(*socket, "\"status\":\"deleted\"");
  ASSERT_TRUE(socket->WriteText("hello").ok());
  ReadAll(*socket);  // ends
}

TEST_F(Streams, EventsTellEveryChangeAndBeatWhileThereIsNone) {
  world_.server().store().Update(
      [](State& state, WallTime) { state.pace.heartbeat = Millis(100); });
  world_.Start("sleep 600");
  const std::string origin = world_.server().origin();
  auto peer = http::testing::RawPeer::Call(
      static_cast<uint16_t>(std::strtoul(&origin[origin.rfind(':') + 1], nullptr, 10)));
  peer.Say(StrCat("GET ", kApi, "/workspaces/", world_.id(),
                  "/watch HTTP/1.0\r\nCoder-Session-Token: ", world_.server().token(), "\r\n\r\n"));
  EXPECT_THAT(peer.ReadHead(), HasSubstr("Content-Type: text/event-stream\r\n"));
  const std::string first = "event: ping\n\nevent: data\ndata: {\"id\":\"";
  EXPECT_EQ(peer.ReadExactly(first.size()), first);
  EXPECT_THAT(peer.ReadUntil("\n\n"), Not(HasSubstr("\r")));  // one line, the whole workspace
  peer.ReadUntil("\"lifecycle_state\":\"starting\"");
  peer.ReadUntil("\n\nevent: ping\n\nevent: ping\n\n");
  world_.Build("delete");
  EXPECT_THAT(peer.ReadUntil("\"status\":\"deleted\""), HasSubstr("event: data\ndata: {"));
  EXPECT_EQ(world_.Get("/workspaces/none/watch").status, 404);
}

TEST_F(Streams, ATextMessageEndsATerminal) {
  world_.Start("sleep 600");
  auto socket = world_.Open(world_.Pty("stty -echo; echo ready; read line; echo \"<$line>\""));
  ReadAll(*socket, "ready");
  ASSERT_TRUE(socket->WriteText(R"({"data":"typed\n"})").ok());
  EXPECT_THAT(StrJoin(ReadAll(*socket), ""), Not(HasSubstr("<typed>")));
}

TEST_F(Streams, ATerminalRunsCommandsInTheWorkspace) {
  world_.Start("echo evidence >file; sleep 600");
  const auto output = ReadAll(*world_.Open(world_.Pty(
      "stty -echo; cd \"$AMEIDE_ROOT/workspaces/fixture\"; until [ -s file ]; do sleep 0.1; done; "
      "cat file; printf 'END %s\\n' $?")));
  EXPECT_THAT(StrJoin(output, ""), HasSubstr("evidence\r\nEND 0\r\n"));
}

TEST_F(Streams, ATerminalTakesInput) {
  world_.Start("sleep 600");
  auto socket = world_.Open(world_.Pty("stty -echo; echo ready; read line; echo \"<$line>\""));
  ReadAll(*socket, "ready");
  ASSERT_TRUE(socket->WriteBinary(R"({"data":"typed\n"})").ok());
  EXPECT_THAT(StrJoin(ReadAll(*socket), ""), HasSubstr("<typed>"));
}

TEST_F(Streams, AnEndedTerminalBeginsAnewAndIsNobodyElses) {
  world_.Start("sleep 600");
  const std::string path = world_.Pty("echo $CODER_WORKSPACE_NAME $$");
  const std::string first = StrJoin(ReadAll(*world_.Open(path)), "");
  EXPECT_NE(StrJoin(ReadAll(*world_.Open(path)), ""), first);
  const std::string other = "/workspaces/" + world_.Create("t-2", "sleep 600");
  const std::string agent =
      world_.Until(other, StrCat(kAgent, ".status"), {"connected"}).Text(StrCat(kAgent, ".id"));
  const auto lasting = world_.Open(world_.Pty("echo $CODER_WORKSPACE_NAME; sleep 600"));
  ReadAll(*lasting, "t-1");
  const std::string theirs =
      StrReplaceAll(world_.Pty("echo $CODER_WORKSPACE_NAME"), world_.agent(), agent);
  EXPECT_THAT(StrJoin(ReadAll(*world_.Open(theirs)), ""), HasSubstr("t-2"));
}

TEST_F(Streams, ADroppedTerminalCanBeTakenUpAgain) {
  world_.Start("sleep 600");
  ASSERT_TRUE(world_.server().Turn("pty-drop=1").ok());
  const std::string path = world_.Pty("echo first; read line; echo second");
  EXPECT_THAT(StrJoin(ReadAll(*world_.Open(path)), ""), HasSubstr("first"));
  auto again = world_.Open(path);
  ReadAll(*again, "first");  // the replay
  ASSERT_TRUE(again->WriteBinary(R"({"data":"\n"})").ok());
  EXPECT_THAT(StrJoin(ReadAll(*again), ""), HasSubstr("second"));
}

TEST_F(Streams, PathAppsReachTheWorkspaceAndItsOwnerAlone) {
  world_.Start(kTellPort);
  const auto inside = world_.ServeInside([](const http::Request& request) -> http::Reply {
    const auto range = http::FindHeader(request.headers, "Range").value_or("none");
    const bool leak = http::FindHeader(request.headers, "Coder-Session-Token").has_value();
    return {.response = {.status = request.target.starts_with("/health") ? 200 : 206,
                         .headers = {{"Content-Range", "bytes 0-1/9"}},
                         .body = StrCat(request.method, " ", request.target, " ", range,
                                        leak ? " leak" : "", request.body)},
            .web_socket = {}};
  });
  const Reply got = world_.Send(
      {.target = world_.App("/evidence/a%20b?x=1"), .headers = {{"Range", "bytes=0-1"}}});
  EXPECT_EQ(got.status, 206);
  EXPECT_EQ(got.text, "GET /evidence/a%20b?x=1 bytes=0-1");
  EXPECT_TRUE(http::FindHeader(got.headers, "Set-Cookie").has_value());
  EXPECT_EQ(http::FindHeader(got.headers, "Content-Range"), "bytes 0-1/9");
  EXPECT_EQ(world_.Send({.method = "PUT", .target = world_.App("/order"), .body = "!"}).text,
            "PUT /order none!");
  const Reply redirect = world_.Send({.target = world_.App("")});
  EXPECT_EQ(redirect.status, 307);
  EXPECT_EQ(http::FindHeader(redirect.headers, "Location"), world_.App("/"));
  const auto other = world_.ClientOf(world_.server().AddUser("other", true));
  EXPECT_EQ(other->Send({.target = world_.App("/x")}).value().status, 404);
  EXPECT_EQ(world_.Send({.target = "/@me/t-1.main/apps/ameide-evidence/x"}).status, 404);
  EXPECT_EQ(world_.Send({.target = "/@task-runner/t-1.main/apps/other/x"}).status, 404);
  world_.Until(world_.path(), StrCat(kAgent, ".apps.0.health"), {"healthy"});
}

TEST_F(Streams, NothingListeningIsAPageNotJson) {
  world_.Start("sleep 600");
  const Reply reply = world_.Send({.target = world_.App("/x")});
  EXPECT_EQ(reply.status, 502);
  EXPECT_THAT(reply.text, HasSubstr("<html>"));
  world_.Until(world_.path(), StrCat(kAgent, ".apps.0.health"), {"unhealthy"});
}

TEST_F(Streams, TheWorkspaceReportsItsOwnStatus) {
  world_.Start("echo $CODER_AGENT_TOKEN; sleep 600");
  const Reply logs =
      world_.Until(StrCat("/workspaceagents/", world_.agent(), "/logs"), "0.level", {"info"});
  const auto inside = world_.ClientOf(logs.Text("0.output"));
  const auto report = [&](const std::string& state, const std::string& message) {
    return inside
        ->Send({.method = "PATCH",
                .target = "/api/v2/workspaceagents/me/app-status",
                .body = Json(Json::Object{{"app_slug", "ameide-evidence"},
                                          {"state", state},
                                          {"message", message}})
                            .Dump()})
        .value()
        .status;
  };
  EXPECT_EQ(report("complete", "exit=3"), 200);
  EXPECT_EQ(report("flying", "x"), 400);
  EXPECT_EQ(report("working", std::string(161, 'x')), 400);
  EXPECT_EQ(world_.Get(world_.path()).Text("latest_app_status.message"), "exit=3");
}

TEST_F(Streams, ThePublisherHasItsOwnSecretAndTheTaskNone) {
  world_.Start("env | grep -c fake-push-token || true; sleep 600");
  const fs::path told = world_.server().workspaces()[0].folder / "var/run/ameide/publication/told";
  const auto socket = world_.Open(world_.Pty(
      StrCat("until [ -s ", told.string(), " ]; do sleep 0.1; done; cat ", told.string())));
  EXPECT_THAT(StrJoin(ReadAll(*socket), ""), HasSubstr("fake-push-token"));
  world_.Until(StrCat("/workspaceagents/", world_.agent(), "/logs"), "0.output", {"0"});
}

TEST(Orphans, AnOrphanNeedsNoProvisionerButTheRight) {
  Simulated simulated;
  const std::string path = "/workspaces/" + simulated.Create("t-1", "exit 0");
  simulated.Until(path, "latest_build.status", {"running"});
  ASSERT_TRUE(simulated.server().Turn("provisioner-absent").ok());
  const Json orphan = Json::Object{{"transition", "delete"}, {"orphan", true}};
  const auto administer = [&](bool templates) {
    simulated.server().store().Update(
        [&](State& state, WallTime) { state.users[0].template_admin = templates; });
  };
  administer(false);
  EXPECT_EQ(simulated.Call("POST", path + "/builds", orphan).status, 403);
  administer(true);
  const Reply done = simulated.Call("POST", path + "/builds", orphan);
  EXPECT_EQ(done.Text("status"), "deleted") << done.text;
  EXPECT_EQ(simulated.Get(path).status, 410);
}

TEST(Orphans, WhatAnOrphanWasMadeOfStays) {
  World world;
  world.Start("sleep 600");
  const fs::path folder = world.server().workspaces()[0].folder;
  world.Call("POST", world.path() + "/builds",
             Json::Object{{"transition", "delete"}, {"orphan", true}});
  world.Until(world.path() + "?include_deleted=true", "latest_build.status", {"deleted"});
  EXPECT_EQ(world.Get(world.path()).status, 410);
  EXPECT_TRUE(Exists(folder / "workspaces"));
}

}  // namespace
}  // namespace ameide::simulator::testing
