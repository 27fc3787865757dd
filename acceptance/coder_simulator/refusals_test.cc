// The API over real HTTP: what clients see when they ask wrongly, too much, or for what is not
// theirs.
#include "acceptance/coder_simulator/testing/simulated.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Refusals, ForeignersAreTurnedAway) {
  Simulated simulated;
  const auto stranger = simulated.ClientOf("wrong-token");
  EXPECT_EQ(stranger->Send({.target = "/api/v2/users/me"}).value().status, 401);
  EXPECT_EQ(stranger->Send({.target = "/api/v2/buildinfo"}).value().status, 200);
}

TEST(Refusals, WhatClientsMustNotDoIsRefusedAndNoted) {
  Simulated simulated;
  EXPECT_EQ(simulated.Get("/users/me?coder_session_token=x").status, 400);
  EXPECT_EQ(simulated.Send({.target = "/api/v2/users/me", .headers = {{"Origin", "http://other"}}})
                .status,
            400);
  EXPECT_EQ(
      simulated.Send({.target = "/api/v2/users/me", .headers = {{"Authorization", "Bearer x"}}})
          .status,
      400);
  EXPECT_EQ(
      simulated
          .Send({.target = "/api/v2/users/me", .headers = {{"X-Coder-Bypass-Ratelimit", "true"}}})
          .status,
      400);
  EXPECT_EQ(simulated
                .Send({.target = "/api/v2/workspaces/x/watch-ws",
                       .headers = {{"Sec-WebSocket-Extensions", "permessage-deflate"}}})
                .status,
            400);
  const std::string pty = "/workspaceagents/x/pty?reconnect=00000000-0000-4000-8000-00000000000a";
  EXPECT_EQ(simulated.Get(pty).status, 400);
  EXPECT_EQ(simulated.Get(pty + "&backend_type=buffered").status, 404);
  EXPECT_EQ(
      simulated.Get(StrCat(pty, "&backend_type=buffered&command=", std::string(61u << 10, 'x')))
          .status,
      400);
  std::vector<std::string> violations;
  for (const RequestRecord& record : simulated.server().requests()) {
    violations.insert(violations.end(), record.violations.begin(), record.violations.end());
  }
  EXPECT_THAT(violations,
              ElementsAre("token in the address", "Origin header", "token in another header",
                          "rate limit bypass", "WebSocket extensions",
                          "terminal without backend_type=buffered", "terminal command too long"));
}

TEST(Refusals, CreatingIsChecked) {
  Simulated simulated;
  const auto create = [&](const Json& body) {
    return simulated.Call("POST", "/users/me/workspaces", body);
  };
  const Json good = simulated.CreateBody("t-1", "exit 0");
  EXPECT_EQ(create(good).status, 201);
  const Reply again = create(good);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.Text("validations.0.field"), "name");
  Json body = simulated.CreateBody("bad_name", "exit 0");
  EXPECT_EQ(create(body).Text("validations.0.field"), "name");
  body = simulated.CreateBody("t-2", "exit 0");
  body.Set("ttl_ms", 59'999);
  EXPECT_EQ(create(body).Text("validations.0.field"), "ttl_ms");
  body = simulated.CreateBody("t-2", "exit 0");
  body.Set("automatic_updates", "sometimes");
  EXPECT_EQ(create(body).Text("validations.0.field"), "automatic_updates");
  body = simulated.CreateBody("t-2", "exit 0");
  body.Set("rich_parameter_values", "none");
  EXPECT_EQ(create(body).Text("validations.0.field"), "rich_parameter_values");
  body = simulated.CreateBody("t-2", "exit 0", {{"ameide_kind", "fly"}});
  EXPECT_EQ(create(body).Text("validations.0.field"), "ameide_kind");
  body = simulated.CreateBody("t-2", "exit 0");
  body.Set("template_version_id", "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(create(body).status, 400);
  EXPECT_EQ(create(Json::Object{{"name", "t-2"}}).status, 400);
}

TEST(Refusals, WhatIsNoJsonOrNoNumberIsRefused) {
  Simulated simulated;
  const std::string path = "/workspaces/" + simulated.Create("t-1", "exit 0");
  for (const char* body : {"{", "[]", "\"text\"", "{}x"}) {
    const Reply reply = simulated.Send(
        {.method = "PUT", .target = StrCat(kApi, path, "/ttl"), .headers = {}, .body = body});
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(reply.Text("message"), HasSubstr("valid JSON"));
  }
  for (const char* query : {"/workspaces?limit=x", "/workspaces?offset=-1"}) {
    EXPECT_EQ(simulated.Get(query).status, 400) << query;
  }
  for (const char* query : {"limit=-1", "offset=1x", "after_id=1", "since=1"}) {
    EXPECT_EQ(simulated.Get(StrCat(path, "/builds?", query)).status, 400) << query;
  }
  const std::string build = simulated.Get(path).Text("latest_build.id");
  EXPECT_EQ(simulated.Get("/workspacebuilds/" + build + "/logs?after=x").status, 400);
  EXPECT_EQ(simulated.Get("/templates?q=nobody:knows").status, 400);
  const Reply type =
      simulated.Call("PATCH", "/templates/" + simulated.Get("/templates").Text("0.id"),
                     Json::Object{{"description", "new"}, {"default_ttl_ms", "7200000"}});
  EXPECT_EQ(type.Text("validations.0.field"), "default_ttl_ms");
  EXPECT_EQ(simulated.Get("/templates").Text("0.description"), "");
}

TEST(Refusals, WorkspacesOfOthersAreHidden) {
  Simulated simulated;
  const std::string id = simulated.Create("t-1", "exit 0");
  const std::string path = "/workspaces/" + id;
  const std::string build = simulated.Get(path).Text("latest_build.id");
  struct Case {
    bool administers;
    int seen, listed;
  };
  for (const auto& [administers, seen, listed] : {Case{false, 404, 0}, Case{true, 200, 1}}) {
    const auto other =
        simulated.ClientOf(simulated.server().AddUser(administers ? "other" : "weak", administers));
    const auto ask = [&](const char* method, const std::string& target, const char* body = "") {
      return other->Send({.method = method, .target = kApi + target, .headers = {}, .body = body})
          .value();
    };
    for (const std::string& target :
         {path, path + "/builds", path + "/timings", "/workspacebuilds/" + build,
          std::string("/users/task-runner/workspace/t-1")}) {
      EXPECT_EQ(ask("GET", target).status, seen) << target;
    }
    EXPECT_THAT(ask("GET", "/workspaces").body, HasSubstr(StrCat("\"count\":", listed)));
    EXPECT_EQ(ask("POST", path + "/builds", R"({"transition":"delete"})").status, 404);
    EXPECT_EQ(ask("PATCH", "/workspacebuilds/" + build + "/cancel").status, 404);
    EXPECT_EQ(ask("POST", "/users/task-runner/workspaces", "{}").status, 403);
  }
  EXPECT_EQ(simulated.Get(path).Text("latest_build.transition"), "start");
}

TEST(Refusals, CancelingHasItsRules) {
  Simulated simulated({.pace = {.queue = Millis(0), .work = std::chrono::hours(1)}});
  const std::string path = "/workspaces/" + simulated.Create("t-1", "exit 0");
  const std::string build =
      "/workspacebuilds/" +
      simulated.Until(path, "latest_build.status", {"starting"}).Text("latest_build.id");
  EXPECT_EQ(simulated.Call("PATCH", build + "/cancel").status, 403);
  EXPECT_EQ(simulated.Call("PATCH", build + "/cancel?expect_status=pending").status, 412);
  EXPECT_EQ(simulated.Call("PATCH", build + "/cancel?expect_status=done").status, 400);
  simulated.server().store().Update(
      [](State& state, WallTime) { state.users[0].site_owner = true; });
  EXPECT_EQ(simulated.Call("PATCH", build + "/cancel").status, 200);
  EXPECT_EQ(simulated.Get(path).Text("latest_build.status"), "canceling");
  EXPECT_EQ(simulated.Call("PATCH", build + "/cancel").status, 400);
}

TEST(Refusals, TheRateLimitCountsPerUserAndPath) {
  Simulated simulated;
  Reply last;
  for (int i = 0; i < 513; ++i) last = simulated.Get("/users/me");
  EXPECT_EQ(last.status, 429);
  EXPECT_GT(std::stoi(http::FindHeader(last.headers, "Retry-After").value_or("0")), 1);
  EXPECT_EQ(simulated.Get("/users/me/organizations").status, 200);
  for (int i = 0; i < 13; ++i) last = simulated.Call("POST", "/files");
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(http::FindHeader(last.headers, "X-RateLimit-Limit"), "12");
}

}  // namespace
}  // namespace ameide::simulator::testing
