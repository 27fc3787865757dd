#include "task/coder/api_json.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::coder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Json Parsed(std::string_view text) {
  Result<Json> json = ParseJson(text);
  EXPECT_TRUE(json.ok()) << json.error().ToString();
  return json.ok() ? *json : Json();
}

constexpr char kWorkspace[] = R"({
  "id":"e5", "name":"ameide-x-1", "owner_name":"task-runner", "template_name":"ameide-code",
  "task_id":null, "a_new_member":{"deep":[1]},
  "latest_build":{"id":"18","build_number":2,"transition":"start","status":"running",
    "reason":"initiator","template_version_id":"b2","created_at":"2026-09-20T10:00:00Z",
    "deadline":"2026-09-20T12:00:00.5Z","matched_provisioners":{"count":0,"available":0},
    "job":{"id":"d4","status":"failed","error":"apply","error_code":"INSUFFICIENT_QUOTA"},
    "resources":[
      {"agents":[{"id":"sub","parent_id":"f6","name":"inner"}]},
      {"agents":[{"id":"f6","parent_id":null,"name":"main","status":"disconnected",
        "lifecycle_state":"start_error","first_connected_at":"2026-09-20T10:01:00Z",
        "disconnected_at":"0001-01-01T00:00:00Z",
        "scripts":[{"log_source_id":"9a","display_name":"Ameide task","timeout":3600000000000,
          "exit_code":3,"status":"exit_failure"},{"display_name":"other"}],
        "apps":[{"slug":"ameide-evidence","health":"healthy"}]}]}]}})";

TEST(WorkspaceFrom, ReadsWhatMatters) {
  const Result<Workspace> read = WorkspaceFrom(Parsed(kWorkspace));
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  const Build& build = read->latest_build;
  EXPECT_EQ(read->name, "ameide-x-1");
  EXPECT_EQ(build.transition, Transition::kStart);
  EXPECT_EQ(build.job.status, JobStatus::kFailed);
  EXPECT_EQ(build.job.error_code, "INSUFFICIENT_QUOTA");
  EXPECT_EQ(build.matched_provisioners->count, 0);
  EXPECT_EQ(FormatTime(*build.deadline), "2026-09-20T12:00:00.500000Z");
  ASSERT_EQ(build.agents.size(), 1u) << "agents inside of dev containers do not count";
  const Agent& agent = build.agents.front();
  EXPECT_EQ(agent.status, AgentStatus::kDisconnected);
  EXPECT_EQ(agent.lifecycle, Lifecycle::kStartError);
  EXPECT_FALSE(agent.disconnected_at) << "Go's zero time is no time";
  EXPECT_EQ(agent.scripts.front().exit_code, 3);
  EXPECT_FALSE(agent.scripts.back().exit_code);
  EXPECT_EQ(agent.apps.front().health, AppHealth::kHealthy);
}

TEST(WorkspaceFrom, AWordOfTomorrowIsUnknownAndNoError) {
  const std::string text =
      StrReplaceAll(StrReplaceAll(StrReplaceAll(kWorkspace, "start_error", "hibernating"),
                                  "\"failed\"", "\"paused\""),
                    "\"healthy\"", "\"sleepy\"");
  const Result<Workspace> read = WorkspaceFrom(Parsed(text));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->latest_build.agents.front().lifecycle, Lifecycle::kUnknown);
  EXPECT_EQ(read->latest_build.agents.front().apps.front().health, AppHealth::kUnknown);
  EXPECT_EQ(read->latest_build.job.status, JobStatus::kUnknown);
  EXPECT_TRUE(IsActive(JobStatus::kUnknown));
}

TEST(WorkspaceFrom, MembersOfAnotherTypeCountAsAbsent) {
  const Result<Workspace> read = WorkspaceFrom(Parsed(
      R"({"id":"e5","name":7,"latest_build":{"id":"18","job":"x","resources":{"agents":1}}})"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->name, "");
  EXPECT_THAT(read->latest_build.agents, IsEmpty());
}

TEST(Decoders, WithoutAnIdThereIsNothing) {
  for (const char* text :
       {"null", "[]", "{}", R"({"id":7})", R"({"id":"00000000-0000-0000-0000-000000000000"})"}) {
    EXPECT_FALSE(WorkspaceFrom(Parsed(text)).ok()) << text;
    EXPECT_FALSE(BuildFrom(Parsed(text)).ok()) << text;
    EXPECT_FALSE(TemplateFrom(Parsed(text)).ok()) << text;
    EXPECT_FALSE(TemplateVersionFrom(Parsed(text)).ok()) << text;
    EXPECT_FALSE(UserFrom(Parsed(text)).ok()) << text;
  }
}

TEST(LogLineFrom, KnowsBothForms) {
  EXPECT_EQ(*LogLineFrom(Parsed(R"({"id":7,"log_level":"warn","stage":"Plan","output":"o"})")),
            (LogLine{7, "warn", "Plan", "", "o"}));
  EXPECT_EQ(*LogLineFrom(Parsed(R"({"id":8,"level":"info","output":"o","source_id":"9a"})")),
            (LogLine{8, "info", "", "9a", "o"}));
  EXPECT_FALSE(LogLineFrom(Parsed(R"({"output":"no id"})")).ok());
}

TEST(ListFrom, LeavesOutWhatDoesNotRead) {
  const auto lines = ListFrom(Parsed(R"([{"id":1},7,null,{"id":2}])"), LogLineFrom);
  ASSERT_TRUE(lines.ok());
  EXPECT_EQ(lines->size(), 2u);
  EXPECT_FALSE(ListFrom(Parsed("{}"), LogLineFrom).ok());
}

TEST(ScriptTimingsFrom, ReadsScriptsAndNothingElse) {
  const auto timings = ScriptTimingsFrom(Parsed(
      R"({"provisioner_timings":[{}],"agent_script_timings":[{"display_name":"Ameide task",
          "stage":"start","status":"ok","exit_code":0,"workspace_agent_id":"f6"}]})"));
  ASSERT_TRUE(timings.ok());
  EXPECT_THAT(*timings, ElementsAre(ScriptTiming{"Ameide task", "start", "ok", "f6", 0}));
}

TEST(WatchEventFrom, OnlyDataHasAWorkspace) {
  EXPECT_FALSE(*WatchEventFrom(Parsed(R"({"type":"ping","data":null})")));
  EXPECT_FALSE(*WatchEventFrom(Parsed(R"({"type":"tomorrow"})")));
  EXPECT_TRUE(*WatchEventFrom(Parsed(StrCat(R"({"type":"data","data":)", kWorkspace, "}"))));
}

TEST(ApiErrorFrom, AnythingMayBeABody) {
  const ApiError error = ApiErrorFrom(
      R"({"message":"Name taken.","detail":"d","validations":[{"field":"name","detail":"unique"}]})");
  EXPECT_EQ(error.message, "Name taken.");
  EXPECT_THAT(error.validations, ElementsAre(std::pair("name", "unique")));
  for (const char* body : {"", "<html>", "[]", "{\"message\":7}", "\xff"}) {
    EXPECT_EQ(ApiErrorFrom(body), ApiError{}) << body;
  }
}

}  // namespace
}  // namespace ameide::coder
