#include "task/coder/client.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/coder/testing/scripted_http.h"

namespace ameide::coder {
namespace {

using ::testing::HasSubstr;
using testing::HttpWorld;
using testing::LeapingClock;
using ::testing::Not;
using testing::ScriptedHttp;
using ::testing::SizeIs;

constexpr char kToken[] = "fake-token-0123456789";
constexpr char kUrl[] = "https://coder.example.test";

class CoderClientTest : public ::testing::Test {
 protected:
  void Answer(int status, std::string body, http::Headers headers = {}) {
    world.answer = [=](const http::Request&) { return http::Response{status, headers, body}; };
  }

  HttpWorld world;
  LeapingClock clock;
  CoderClient client{std::make_unique<ScriptedHttp>(world), kUrl, {kToken}, clock};
  std::stop_token go;
};

TEST_F(CoderClientTest, CreatesAWorkspaceFromAPinnedVersion) {
  Answer(201, R"({"id":"e5","name":"w","latest_build":{"id":"18","status":"pending"}})");
  const auto made = client.CreateWorkspace(go, {"w", "b2", Millis(7'200'000), {{"p", "1"}}});
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  ASSERT_THAT(world.requests, SizeIs(1));
  EXPECT_EQ(world.requests[0].method, "POST");
  EXPECT_EQ(world.requests[0].target, "/api/v2/users/me/workspaces");
  EXPECT_EQ(
      world.requests[0].body,
      R"({"name":"w","template_version_id":"b2","ttl_ms":7200000,"automatic_updates":"never",)"
      R"("rich_parameter_values":[{"name":"p","value":"1"}]})");
}

TEST_F(CoderClientTest, NeverRepeatsWhatMayHaveBeenDone) {
  Answer(502, "");
  EXPECT_EQ(client.CreateWorkspace(go, {"w", "b2", Millis(60'000), {}}).error().kind,
            ErrorKind::kUnavailable);
  EXPECT_THAT(world.requests, SizeIs(1));
}

TEST_F(CoderClientTest, RepeatsReadingUntilItIsHopeless) {
  Answer(503, "");
  EXPECT_EQ(client.Me(go).error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(world.requests, SizeIs(kMaxAttempts));
  EXPECT_GT(clock.passed(), Millis(1000));
}

TEST_F(CoderClientTest, WaitsAsLongAsTheServerSays) {
  int calls = 0;
  world.answer = [&](const http::Request&) {
    return ++calls == 1 ? http::Response{429, {{"Retry-After", "9"}}, ""}
                        : http::Response{200, {}, R"({"id":"u","username":"runner"})"};
  };
  EXPECT_EQ(client.Me(go)->username, "runner");
  EXPECT_EQ(clock.passed(), Millis(9000));
}

TEST_F(CoderClientTest, StaysWithinItsBudgetByItself) {
  Answer(200, R"({"id":"u","username":"runner"})");
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(client.Me(go).ok());
  EXPECT_GE(clock.passed(), Millis(14'000)) << "600 requests a minute are more than Coder allows";
}

TEST_F(CoderClientTest, TellsDeletedFromUnknown) {
  using Presence = WorkspaceLookup::Presence;
  for (const auto& [status, presence] :
       {std::pair(410, Presence::kDeleted), std::pair(404, Presence::kUnknown)}) {
    Answer(status, R"({"message":"gone"})");
    EXPECT_EQ(client.GetWorkspace(go, "e5")->presence, presence);
  }
  Answer(403, "{}");
  EXPECT_EQ(client.GetWorkspace(go, "e5").error().kind, ErrorKind::kDenied);
}

TEST_F(CoderClientTest, ReadsAllPages) {
  world.answer = [](const http::Request& request) {
    const bool first = request.target.ends_with("offset=0");
    std::string items;
    for (int i = 0; i < (first ? 100 : 7); ++i) {
      StrAppend(&items, i == 0 ? "" : ",", R"({"id":"w","latest_build":{"id":"b"}})");
    }
    return http::Response{200, {}, StrCat(R"({"workspaces":[)", items, R"(],"count":107})")};
  };
  EXPECT_THAT(*client.SearchWorkspaces(go, "owner:me param:a"), SizeIs(107));
  EXPECT_EQ(world.requests[0].target,
            "/api/v2/workspaces?q=owner%3Ame%20param%3Aa&limit=100&offset=0");
}

TEST_F(CoderClientTest, CancelHasFourAnswers) {
  for (const auto& [status, answer] :
       {std::pair(200, CancelAnswer::kAccepted), std::pair(400, CancelAnswer::kTooLate),
        std::pair(403, CancelAnswer::kForbidden), std::pair(412, CancelAnswer::kOtherState)}) {
    Answer(status, "{}");
    EXPECT_EQ(*client.CancelBuild(go, "18", JobStatus::kRunning), answer);
  }
}

TEST_F(CoderClientTest, LogsComeInOrderAndAfterTheLastOne) {
  Answer(200, R"([{"id":9,"output":"c"},{"id":7,"output":"a"},{"id":8,"output":"b"}])");
  const auto lines = client.Logs(go, LogKind::kAgent, "f6", 7);
  ASSERT_TRUE(lines.ok());
  ASSERT_THAT(*lines, SizeIs(2));
  EXPECT_EQ((*lines)[0].output, "b");
  EXPECT_EQ(world.requests[0].target, "/api/v2/workspaceagents/f6/logs?after=7");
}

TEST_F(CoderClientTest, ACallThatIsStoppedEnds) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(client.Me(stop.get_token()).error().kind, ErrorKind::kCancelled);
}

TEST_F(CoderClientTest, WhatIsNoCoderIsSaidToBeNone) {
  for (const char* body : {"<html>hello</html>", "", "[]", "{}", "{\"id\":"}) {
    Answer(200, body, {{"Content-Type", "text/html"}});
    const auto me = client.Me(go);
    ASSERT_FALSE(me.ok()) << body;
    EXPECT_EQ(me.error().kind, ErrorKind::kInvalid);
  }
}

TEST_F(CoderClientTest, TheTokenIsInNoError) {
  Answer(400, StrCat(R"({"message":"your token )", kToken, R"( is odd"})"));
  EXPECT_THAT(client.Me(go).error().ToString(), Not(HasSubstr(kToken)));
  world.answer = [](const http::Request&) {
    return Error{ErrorKind::kInvalid, "send", kToken, StrCat("saw ", kToken), kToken};
  };
  EXPECT_THAT(client.Me(go).error().ToString(), Not(HasSubstr(kToken)));
}

const AppAddress kApp{"runner", "w", "main", "ameide-evidence"};

TEST_F(CoderClientTest, ReadsAppsByRanges) {
  Answer(206, "bytes");
  const auto got = client.AppGet(go, kApp, "evidence/files/a b", ByteRange{10, 5});
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(world.requests[0].target, "/@runner/w.main/apps/ameide-evidence/evidence/files/a%20b");
  EXPECT_EQ(*http::FindHeader(world.requests[0].headers, "range"), "bytes=10-14");
}

TEST_F(CoderClientTest, FollowsAppRedirectsOnThisServerOnly) {
  const struct {
    const char* location;
    bool followed;
  } kCases[] = {{"/elsewhere", true},
                {"https://coder.example.test/elsewhere", true},
                {"https://coder.example.test.evil.test/x", false},
                {"https://evil.test/x", false},
                {"//evil.test/x", false},
                {"/\\evil.test/x", false},
                {"http://coder.example.test/x", false},
                {"elsewhere", false},
                {"", false},
                {"/a\r\nX: y", false}};
  for (const auto& one : kCases) {
    world.requests.clear();
    world.answer = [&](const http::Request& request) {
      if (request.target == "/elsewhere") return http::Response{200, {}, "there"};
      return http::Response{307, {{"Location", one.location}}, ""};
    };
    const auto got = client.AppGet(go, kApp, "health");
    EXPECT_EQ(got.ok(), one.followed) << one.location;
    EXPECT_EQ(world.requests.size(), one.followed ? 2u : 1u) << one.location;
  }
}

TEST_F(CoderClientTest, ARedirectInACircleEnds) {
  Answer(307, "", {{"Location", "/round"}});
  EXPECT_EQ(client.AppGet(go, kApp, "health").error().kind, ErrorKind::kDenied);
  EXPECT_THAT(world.requests, SizeIs(4));
}

TEST_F(CoderClientTest, TheApiItselfDoesNotRedirect) {
  Answer(302, "", {{"Location", "https://evil.test/login"}});
  const auto me = client.Me(go);
  ASSERT_FALSE(me.ok());
  EXPECT_EQ(me.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(me.error().ToString(), HasSubstr("evil.test"));
  EXPECT_THAT(world.requests, SizeIs(1));
}

TEST_F(CoderClientTest, PushesATemplate) {
  Answer(201, R"({"hash":"c3","id":"b2","name":"gen","job":{"status":"pending"}})");
  EXPECT_EQ(*client.UploadTar(go, "tar"), "c3");
  EXPECT_EQ(*http::FindHeader(world.requests[0].headers, "content-type"), "application/x-tar");
  NewTemplateVersion version;
  version.file_id = "c3";
  version.variables = {{"agent_image", "x@sha256:1"}};
  EXPECT_EQ(client.CreateTemplateVersion(go, "default", version)->job.status, JobStatus::kPending);
  EXPECT_EQ(world.requests[1].target, "/api/v2/organizations/default/templateversions");
  EXPECT_THAT(world.requests[1].body, Not(HasSubstr("template_id")));
  EXPECT_TRUE(client.PromoteVersion(go, "a1", "b2").ok());
  EXPECT_EQ(world.requests[2].target, "/api/v2/templates/a1/versions");
}

}  // namespace
}  // namespace ameide::coder
