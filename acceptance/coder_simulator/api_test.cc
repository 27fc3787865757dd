// The API over real HTTP: what clients see when everything goes well.
#include "acceptance/coder_simulator/testing/simulated.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {
namespace {

using ::testing::HasSubstr;

TEST(Api, WhoAmIAndWhatIsThis) {
  Simulated simulated;
  EXPECT_EQ(simulated.Get("/buildinfo").Text("dashboard_url"), simulated.server().origin());
  EXPECT_EQ(simulated.Get("/users/me").Text("username"), "task-runner");
  EXPECT_EQ(simulated.Get("/users/me/organizations").Text("0.name"), "coder");
  EXPECT_EQ(simulated.Get("/organizations/default").Text("is_default"), "true");
  EXPECT_EQ(simulated.Get("/organizations/other").status, 404);
  EXPECT_EQ(simulated.Get("/entitlements").status, 404);
  EXPECT_EQ(simulated.Call("PUT", "/users/me").status, 405);
  EXPECT_TRUE(
      http::FindHeader(simulated.Get("/users/me").headers, "X-Coder-Build-Version").has_value());
}

TEST(Api, UploadsAreDeduplicatedPerUser) {
  Simulated simulated;
  const auto upload = [&](const std::string& type, const std::string& bytes) {
    return simulated.Send({.method = "POST",
                           .target = "/api/v2/files",
                           .headers = {{"Content-Type", type}},
                           .body = bytes});
  };
  const Reply first = upload("application/x-tar", "bytes");
  const Reply second = upload("application/x-tar", "bytes");
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(first.Text("hash"), second.Text("hash"));
  EXPECT_EQ(upload("text/plain", "bytes").status, 400);
  EXPECT_EQ(upload("application/x-tar", "").status, 400);
  EXPECT_EQ(simulated.Get("/files/" + first.Text("hash")).text, "bytes");
  const auto other = simulated.ClientOf(simulated.server().AddUser("other", true));
  const auto theirs = other->Send({.method = "POST",
                                   .target = "/api/v2/files",
                                   .headers = {{"Content-Type", "application/x-tar"}},
                                   .body = "bytes"});
  EXPECT_EQ(theirs.value().status, 201);
}

TEST(Api, ABrokenTemplateFailsItsImportJobWithTheReason) {
  Simulated simulated;
  TemplateFiles files = FixtureFiles();
  files["main.tf"] += "resource \"a\" {\n";
  const Reply version = simulated.Import(files);
  EXPECT_EQ(version.Text("job.status"), "failed");
  EXPECT_THAT(version.Text("job.error"), HasSubstr("main.tf:"));
  const std::string id = version.Text("id");
  EXPECT_EQ(simulated.Get("/templateversions/" + id + "/rich-parameters").status, 400);
  const Reply logs = simulated.Get("/templateversions/" + id + "/logs");
  EXPECT_THAT(logs.text, HasSubstr("main.tf:"));
}

TEST(Api, TemplatesArePushedAndPromoted) {
  Simulated simulated;
  const std::string first = simulated.PushTemplate("ameide-code", FixtureFiles());
  const Reply made = simulated.Get("/organizations/coder/templates/ameide-code");
  EXPECT_EQ(made.Text("active_version_id"), first);
  EXPECT_EQ(made.Text("allow_user_cancel_workspace_jobs"), "false");
  EXPECT_EQ(simulated
                .Call("POST", "/organizations/coder/templates",
                      Json::Object{{"name", "ameide-code"}, {"template_version_id", first}})
                .status,
            409);
  const std::string id = made.Text("id");
  const std::string file = simulated.Get("/templateversions/" + first).Text("job.file_id");
  const Reply second = simulated.Call("POST", "/organizations/coder/templateversions",
                                      Json::Object{{"file_id", file},
                                                   {"storage_method", "file"},
                                                   {"provisioner", "terraform"},
                                                   {"template_id", id},
                                                   {"name", "gen-2"}});
  ASSERT_EQ(second.status, 201) << second.text;
  const Json promote = Json::Object{{"id", second.Text("id")}};
  simulated.Until("/templateversions/" + second.Text("id"), "job.status", {"succeeded"});
  EXPECT_EQ(simulated.Call("PATCH", "/templates/" + id + "/versions", promote).status, 200);
  EXPECT_EQ(simulated.Get("/templates/" + id).Text("active_version_id"), second.Text("id"));
  EXPECT_EQ(simulated.Get("/templates/" + id + "/versions/gen-2").Text("name"), "gen-2");
  EXPECT_EQ(simulated.Call("PATCH", "/templates/" + id, Json::Object{{"description", "new"}})
                .Text("description"),
            "new");
  const Reply parameters = simulated.Get("/templateversions/" + first + "/rich-parameters");
  EXPECT_EQ(parameters.Text("3.validation_max"), "7200");
  EXPECT_EQ(simulated.Get("/templates?q=exact_name:ameide-code").Text("0.id"), id);
  const std::string archive = "/templateversions/" + first + "/archive";
  EXPECT_EQ(simulated.Call("POST", archive).status, 200);
  EXPECT_EQ(simulated.Call("DELETE", "/templates/" + id).status, 200);
  EXPECT_EQ(simulated.Get("/templates/" + id).status, 404);
}

TEST(Api, AWorkspaceRunsItsScriptAndIsDeletedForGood) {
  Simulated simulated;
  const std::string id = simulated.Create("t-1", "echo \"$CLONE_TOKEN $AMEIDE_EXPANDED\"; exit 3");
  const std::string path = "/workspaces/" + id;
  const Reply ended = simulated.UntilEnded(id);
  const std::string agent = StrCat(kAgent, ".");
  EXPECT_EQ(ended.Text(agent + "scripts.0.exit_code"), "3");
  EXPECT_EQ(ended.Text(agent + "scripts.0.timeout"), "3540000000000");
  EXPECT_EQ(ended.Text(agent + "lifecycle_state"), "start_error");
  EXPECT_EQ(ended.Text("health.healthy"), "false");
  EXPECT_EQ(ended.Text("latest_build.status"), "running");
  const Reply timings = simulated.Get(path + "/timings");
  EXPECT_EQ(timings.Text("agent_script_timings.0.exit_code"), "3");
  EXPECT_EQ(timings.Text("agent_script_timings.0.display_name"), "Ameide task");
  const Reply logs = simulated.Get(StrCat("/workspaceagents/", ended.Text(agent + "id"), "/logs"));
  EXPECT_EQ(logs.Text("0.output"), "fake-clone-token fake-clone-token-");
  EXPECT_EQ(logs.Text("0.source_id"), ended.Text(agent + "scripts.0.log_source_id"));
  const Reply parameters =
      simulated.Get("/workspacebuilds/" + ended.Text("latest_build.id") + "/parameters");
  EXPECT_THAT(parameters.text, HasSubstr("ameide_work_id"));
  EXPECT_EQ(simulated.Get("/workspaces?q=owner:me%20param:ameide_work_id=w-1").Text("count"), "1");

  const fs::path folder = simulated.server().workspaces()[0].folder;
  EXPECT_TRUE(Exists(folder));
  const Reply deleting =
      simulated.Call("POST", path + "/builds", Json::Object{{"transition", "delete"}});
  EXPECT_EQ(deleting.status, 201);
  EXPECT_EQ(simulated.Call("POST", path + "/builds", Json::Object{{"transition", "delete"}}).status,
            409);
  simulated.Until("/workspacebuilds/" + deleting.Text("id"), "job.status", {"succeeded"});
  EXPECT_EQ(simulated.Get(path).status, 410);
  EXPECT_EQ(simulated.Get(path + "?include_deleted=true").Text("latest_build.status"), "deleted");
  EXPECT_EQ(simulated.Get("/users/me/workspace/t-1").status, 404);
  EXPECT_EQ(simulated.Get("/users/me/workspace/t-1?include_deleted=true").Text("id"), id);
  EXPECT_EQ(simulated.Get("/workspaces").Text("count"), "0");
  EXPECT_FALSE(Exists(folder));
  EXPECT_NE(simulated.Create("t-1", "exit 0"), id);  // the name is free again
}

TEST(Api, ListsComeInPages) {
  Simulated simulated;
  const std::string path = "/workspaces/" + simulated.Create("t-1", "exit 0");
  simulated.Until(path, "latest_build.status", {"running"});
  simulated.Call("POST", path + "/builds", Json::Object{{"transition", "stop"}});
  simulated.Create("t-2", "exit 0");
  EXPECT_EQ(simulated.Get(path + "/builds?limit=1").Text("0.build_number"), "2");
  EXPECT_EQ(simulated.Get(path + "/builds?limit=1&offset=1").Text("0.build_number"), "1");
  EXPECT_EQ(simulated.Get(path + "/builds?offset=2").text, "[]\n");
  const Reply page = simulated.Get("/workspaces?limit=1&offset=1");
  EXPECT_EQ(page.Text("count"), "2");
  EXPECT_EQ(page.Text("workspaces.0.name"), "t-2");
  EXPECT_EQ(page.Text("workspaces.1.name"), "");
}

TEST(Api, LimitsAreSetAndMoved) {
  Simulated simulated;
  const std::string path = "/workspaces/" + simulated.Create("t-1", "exit 0");
  simulated.Until(path, "latest_build.status", {"running"});
  const std::string now = simulated.Get(path).Text("latest_build.deadline");
  const WallTime deadline = ParseTime(now).value() + std::chrono::hours(1);
  const auto extend = [&](WallTime time) {
    return simulated.Call("PUT", path + "/extend", Json::Object{{"deadline", FormatTime(time)}})
        .status;
  };
  EXPECT_EQ(extend(deadline), 200);
  EXPECT_EQ(simulated.Get(path).Text("latest_build.deadline"), FormatTime(deadline));
  EXPECT_EQ(extend(deadline - std::chrono::hours(3)), 400);
  EXPECT_EQ(simulated.Call("PUT", path + "/ttl", Json::Object{{"ttl_ms", 3'600'000}}).status, 204);
  EXPECT_EQ(simulated.Get(path).Text("latest_build.deadline"), FormatTime(deadline));
  EXPECT_EQ(simulated.Call("PUT", path + "/ttl", Json::Object{{"ttl_ms", nullptr}}).status, 204);
  EXPECT_EQ(simulated.Get(path).Text("latest_build.deadline"), "");
  EXPECT_EQ(extend(deadline), 409);
  const Json dormant = Json::Object{{"dormant", true}};
  EXPECT_EQ(simulated.Call("PUT", path + "/dormant", dormant).status, 200);
  EXPECT_EQ(simulated.Call("PUT", path + "/dormant", dormant).status, 304);
}

TEST(Api, AMissingSecretKeepsTheAgentAwayAndSaysSo) {
  Simulated simulated;
  RemoveTree(simulated.secrets() / "gh-auth").value();
  const std::string path = "/workspaces/" + simulated.Create("t-1", "exit 0");
  const std::string build =
      simulated.Until(path, "latest_build.status", {"running"}).Text("latest_build.id");
  const Reply logs =
      simulated.Until("/workspacebuilds/" + build + "/logs", "3.log_level", {"error"});
  EXPECT_THAT(logs.Text("3.output"), HasSubstr("secret gh-auth, key token"));
  EXPECT_EQ(simulated.Get(path).Text(StrCat(kAgent, ".lifecycle_state")), "created");
}

}  // namespace
}  // namespace ameide::simulator::testing
