// Every knob by itself: what is asked, and what the server makes of it.
#include <map>

#include "acceptance/coder_simulator/testing/knob.h"
#include "base/strings.h"

namespace ameide::simulator::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

// What plain requests are answered.
std::vector<KnobRow> RowsOfAnswers() {
  using enum Fault;
  return {
      {kNameTaken, {"name-taken=1"}, [](Knob& k) { k.Creating(409); }},
      {kStillImporting, {"still-importing=1"}, [](Knob& k) { k.Creating(406); }},
      {kCreateFails, {"create-fails=1"}, [](Knob& k) { k.Creating(500); }},
      {kCreateAnswerLost,
       {"create-answer-lost=1"},
       [](Knob& k) {
         k.Creating(502, 409);
         EXPECT_EQ(k.Get("/users/me/workspace/t-1").status, 200);
       }},
      {kImportFails,
       {"import-fails=1"},
       [](Knob& k) {
         k.Turn();
         const Reply failed = k.Import(FixtureFiles());
         EXPECT_EQ(failed.Text("job.status"), "failed");
         EXPECT_EQ(failed.Text("job.error"), "terraform plan: exit status 1");
         EXPECT_EQ(k.Import(FixtureFiles()).Text("job.status"), "succeeded");
       }},
      {kRateLimit,
       {"rate-limit=1"},
       [](Knob& k) {
         k.Turn();
         const Reply limited = k.Get("/users/me");
         EXPECT_EQ(limited.status, 429);
         EXPECT_EQ(http::FindHeader(limited.headers, "Retry-After"), "1");
         EXPECT_EQ(k.Get("/users/me").status, 200);
       }},
      {kNoRetryAfter,
       {"rate-limit-without-retry-after", "rate-limit=1"},
       [](Knob& k) {
         k.Turn();
         const Reply limited = k.Get("/users/me");
         EXPECT_EQ(limited.status, 429);
         EXPECT_FALSE(http::FindHeader(limited.headers, "Retry-After").has_value());
       }},
      {kServerError,
       {"server-error=1"},
       [](Knob& k) {
         k.Turn();
         EXPECT_EQ(k.Get("/users/me").status, 500);
         EXPECT_EQ(k.Get("/users/me").status, 200);
       }},
      {kHtmlErrors,
       {"html-errors"},
       [](Knob& k) {
         k.Turn();
         const Reply missing = k.Get("/workspaces/none");
         EXPECT_EQ(missing.status, 404);
         EXPECT_THAT(missing.text, HasSubstr("<html>"));
         EXPECT_EQ(k.Get("/users/me").Text("username"), "task-runner");
       }},
      {kAppNotFound, {"app-404=1"}, [](Knob& k) { k.AskingTheApp(404, "<html>"); }},
      {kAppBadGateway, {"app-502=1"}, [](Knob& k) { k.AskingTheApp(502, "<html>"); }},
      {kAppForbidden, {"app-disabled-403"}, [](Knob& k) { k.AskingTheApp(403, "<html>"); }},
      {kAppCutsBody, {"app-cuts-body=1"}, [](Knob& k) { k.AskingTheApp(200, "1234"); }},
      {kUnknownFields,
       {"unknown-fields-and-enums"},
       [](Knob& k) {
         k.Start("sleep 600");
         k.Turn();
         const Reply future = k.Get(k.path());
         EXPECT_EQ(future.Text("latest_build.future_member.kind"), "future_kind");
         EXPECT_EQ(future.Text("latest_build.reason"), "future_reason");
         EXPECT_EQ(future.Text("id"), k.id());
       }},
      {kOldServer,
       {"old-server"},
       [](Knob& k) {
         k.Start("exit 3");
         k.UntilEnded(k.id());
         k.Turn();
         EXPECT_EQ(k.OfAgent(".scripts.0.exit_code"), "");
         EXPECT_EQ(k.Get(k.path() + "/timings").Text("agent_script_timings.0.exit_code"), "3");
         EXPECT_FALSE(k.client().OpenWebSocket(kApi + k.path() + "/watch-ws").ok());
         EXPECT_THAT(k.Get("/buildinfo").Text("version"), StartsWith("v2.20."));
       }},
      {kNewServer,
       {"new-server"},
       [](Knob& k) {
         k.Start("exit 0");
         EXPECT_NE(k.Get(k.path()).body.Find("task_id"), nullptr);
         k.Turn();
         const Reply workspace = k.Get(k.path());
         EXPECT_EQ(workspace.body.Find("task_id"), nullptr);
         EXPECT_EQ(At(workspace.body, "latest_build.has_ai_task"), nullptr);
         EXPECT_THAT(k.Get("/buildinfo").Text("version"), StartsWith("v2.37."));
       }},
  };
}

// What becomes of streams.
std::vector<KnobRow> RowsOfStreams() {
  using enum Fault;
  return {
      {kWebSocketDrop,
       {"websocket-drop=1"},
       [](Knob& k) {
         k.Start("exit 0");
         const std::string logs = "/workspacebuilds/" + k.build() + "/logs?follow";
         k.Turn();
         EXPECT_THAT(ReadAll(*k.Open(logs)), SizeIs(1));
         EXPECT_THAT(ReadAll(*k.Open(logs)), SizeIs(3));
       }},
      {kWatchDrop,
       {"watch-drop=2"},
       [](Knob& k) {
         k.Start("sleep 600");
         k.Turn();
         EXPECT_THAT(ReadAll(*k.Open(k.path() + "/watch-ws")), SizeIs(2));
         const std::string events = k.Get(k.path() + "/watch").text;
         EXPECT_THAT(events, StartsWith("event: ping\n\nevent: data\ndata: {"));
         EXPECT_EQ(events.rfind("event: "), events.find("event: data"));
         const auto socket = k.Open(k.path() + "/watch-ws");
         k.Build("delete");
         const std::string deleted = "\"status\":\"deleted\"";
         EXPECT_THAT(ReadAll(*socket, deleted).back(), HasSubstr(deleted));
       }},
      {kWatchSilent,
       {"watch-silent"},
       [](Knob& k) {
         k.Start("sleep 600");
         k.Turn();
         const auto socket = k.Open(k.path() + "/watch-ws");
         ReadAll(*socket, "\"type\":\"data\"");
         k.Build("delete");
         k.UntilGone();
         k.server().Clear(kWatchSilent);
         // No word of what came between.
         EXPECT_THAT(ReadAll(*socket, "\"status\":\"deleted\""), SizeIs(1));
       }},
      {kPtyDrop,
       {"pty-drop=1"},
       [](Knob& k) {
         k.Start("sleep 600");
         k.Turn();
         const std::string path = k.Pty("echo first; read line; echo second");
         EXPECT_THAT(StrJoin(ReadAll(*k.Open(path)), ""), HasSubstr("first"));
         const auto again = k.Open(path);
         ReadAll(*again, "first");  // the replay
         ASSERT_TRUE(again->WriteBinary(R"({"data":"\n"})").ok());
         EXPECT_THAT(StrJoin(ReadAll(*again), ""), HasSubstr("second"));
       }},
  };
}

std::vector<KnobRow> Rows() {
  std::vector<KnobRow> rows;
  for (const auto& some : {RowsOfAnswers(), KnobsOfBuildsAndAgents(), RowsOfStreams()}) {
    rows.insert(rows.end(), some.begin(), some.end());
  }
  return rows;
}

std::string NameOf(const ::testing::TestParamInfo<KnobRow>& info) {
  const std::string_view knob = info.param.knobs[0];
  return StrReplaceAll(knob.substr(0, knob.find('=')), "-", "_");
}

class Knobs : public ::testing::TestWithParam<KnobRow> {};

TEST_P(Knobs, DoWhatTheirRowSays) {
  Knob knob(GetParam().knobs);
  GetParam().check(knob);
}

INSTANTIATE_TEST_SUITE_P(All, Knobs, ::testing::ValuesIn(Rows()), NameOf);

TEST(KnobsTest, EveryKnobHasOneRowUnderItsName) {
  std::map<Fault, std::string> rows;
  for (const KnobRow& row : Rows()) {
    EXPECT_TRUE(rows.emplace(row.fault, row.knobs[0]).second) << row.knobs[0];
  }
  for (const FaultRow& each : FaultTable()) {
    EXPECT_EQ(rows[each.fault].substr(0, rows[each.fault].find('=')), each.name);
  }
}

}  // namespace
}  // namespace ameide::simulator::testing
