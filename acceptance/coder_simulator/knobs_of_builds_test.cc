// Rows of knobs_test.cc: those that hit builds, agents and scripts.
#include "acceptance/coder_simulator/testing/knob.h"
#include "base/strings.h"

namespace ameide::simulator::testing {
namespace {

using ::testing::EndsWith;
using ::testing::SizeIs;

// What becomes of builds.
std::vector<KnobRow> RowsOfBuilds() {
  using enum Fault;
  return {
      {kCancelForbidden,
       {"cancel-forbidden=1"},
       [](Knob& k) {
         const std::string build = k.LongBuild();
         k.Turn();
         EXPECT_EQ(k.Call("PATCH", build + "/cancel?expect_status=pending").status, 412);
         EXPECT_EQ(k.Call("PATCH", build + "/cancel").status, 403);
         EXPECT_EQ(k.Call("PATCH", build + "/cancel").status, 200);
       }},
      {kCancelMismatch,
       {"cancel-mismatch=1"},
       [](Knob& k) {
         const Json body = k.CreateBody("t-1", "exit 0");
         k.Pace([](Pace& pace) { pace.queue = pace.work = std::chrono::hours(1); });
         k.server().store().Update(
             [](State& state, WallTime) { state.users[0].site_owner = true; });
         const std::string build =
             "/workspacebuilds/" + k.Call("POST", kWorkspaces, body).Text("latest_build.id");
         k.Turn();
         EXPECT_EQ(k.Call("PATCH", build + "/cancel?expect_status=pending").status, 412);
         EXPECT_EQ(k.Get(build).Text("job.status"), "running");
         EXPECT_EQ(k.Call("PATCH", build + "/cancel").status, 200);
       }},
      {kStuckCanceling,
       {"stuck-canceling"},
       [](Knob& k) {
         const std::string build = k.LongBuild();
         k.Turn();
         EXPECT_EQ(k.Call("PATCH", build + "/cancel").status, 200);
         k.Pace([](Pace& pace) { pace.work = Millis(0); });
         k.SeeAnotherOneRun();
         EXPECT_EQ(k.Get(build).Text("job.status"), "canceling");
         k.server().Clear(kStuckCanceling);
         k.Until(build, "job.status", {"canceled"});
       }},
      {kStartFails,
       {"start-fails=1"},
       [](Knob& k) {
         k.Turn();
         const std::string path = "/workspaces/" + k.Create("t-1", "exit 0");
         const Reply failed = k.Until(path, "latest_build.status", {"failed", "running"});
         EXPECT_EQ(failed.Text("latest_build.job.error"), "terraform apply: exit status 1");
         k.SeeAnotherOneRun();
       }},
      {kProvisionerAbsent,
       {"provisioner-absent"},
       [](Knob& k) {
         const Json body = k.CreateBody("t-1", "exit 0");
         k.Turn();
         const Reply made = k.Call("POST", kWorkspaces, body);
         EXPECT_EQ(made.Text("latest_build.matched_provisioners.count"), "0");
         k.server().Clear(kProvisionerAbsent);  // for new jobs
         k.SeeAnotherOneRun();
         EXPECT_EQ(k.Get("/users/me/workspace/t-1").Text("latest_build.status"), "pending");
       }},
      {kBuildActive,
       {"build-active=1"},
       [](Knob& k) {
         k.Start("exit 0");
         k.Turn();
         EXPECT_EQ(k.Build("delete").status, 409);
         EXPECT_EQ(k.Build("delete").status, 201);
       }},
      {kDeleteFails,
       {"delete-fails=1"},
       [](Knob& k) {
         k.Start("exit 0");
         k.Turn();
         k.Build("delete");
         const Reply failed = k.Until(k.path(), "latest_build.status", {"failed"});
         EXPECT_EQ(failed.Text("latest_build.job.error"), "terraform destroy: exit status 1");
         k.Build("delete");
         k.UntilGone();
       }},
      {kGoneAsNotFound,
       {"gone-as-404"},
       [](Knob& k) {
         k.Start("exit 0");
         k.Build("delete");
         k.UntilGone();
         EXPECT_EQ(k.Get(k.path()).status, 410);
         k.Turn();
         EXPECT_EQ(k.Get(k.path()).status, 404);
       }},
      {kAutostopMidRun,
       {"autostop-mid-run"},
       [](Knob& k) {
         k.Turn();
         const std::string path = "/workspaces/" + k.Create("t-1", "sleep 600");
         const Reply stopped = k.Until(path, "latest_build.status", {"stopped"});
         EXPECT_EQ(stopped.Text("latest_build.reason"), "autostop");
         EXPECT_FALSE(Exists(k.server().workspaces()[0].folder));
       }},
      {kProvisionerLogOverflow,
       {"provisioner-log-overflow"},
       [](Knob& k) {
         const Json body = k.CreateBody("t-1", "exit 0");
         k.Turn();
         const std::string path = "/workspaces/" + k.Call("POST", kWorkspaces, body).Text("id");
         const Reply running = k.Until(path, "latest_build.status", {"running"});
         EXPECT_EQ(running.Text("latest_build.job.logs_overflowed"), "true");
         const Reply logs = k.Get("/workspacebuilds/" + running.Text("latest_build.id") + "/logs");
         EXPECT_THAT(*logs.body.AsArray(), SizeIs(2));  // of three lines
       }},
      {kSlow,
       {"slow-everything"},
       [](Knob& k) {
         const Json body = k.CreateBody("t-1", "exit 0");
         k.Turn();
         const std::string path = "/workspaces/" + k.Call("POST", kWorkspaces, body).Text("id");
         const Reply running = k.Until(path, "latest_build.status", {"running"});
         const auto time = [&](std::string_view member) {
           return ParseTime(running.Text(StrCat("latest_build.job.", member))).value();
         };
         EXPECT_GE(time("started_at") - time("created_at"), simulator::Pace().queue * 20);
       }},
  };
}

// What becomes of agents and their scripts.
std::vector<KnobRow> RowsOfAgents() {
  using enum Fault;
  return {
      {kLogOverflow,
       {"log-overflow"},
       [](Knob& k) {
         k.Turn();
         k.Start("for i in 1 2 3 4 5 6; do printf '%01000d\\n' $i; done");
         k.UntilEnded(k.id());
         EXPECT_EQ(k.OfAgent(".logs_overflowed"), "true");
         const Reply logs = k.Get("/workspaceagents/" + k.agent() + "/logs");
         EXPECT_THAT(*logs.body.AsArray(), SizeIs(4));  // the tail is lost
         EXPECT_THAT(logs.Text("3.output"), EndsWith("4"));
       }},
      {kNoExitCodeField,
       {"no-exit-code-field"},
       [](Knob& k) {
         k.Start("exit 3");
         k.UntilEnded(k.id());
         k.Turn();
         EXPECT_EQ(k.OfAgent(".scripts.0.exit_code"), "");
         EXPECT_EQ(k.OfAgent(".scripts.0.status"), "");
         EXPECT_EQ(k.Get(k.path() + "/timings").Text("agent_script_timings.0.exit_code"), "3");
       }},
      {kReportLost,
       {"report-lost"},
       [](Knob& k) {
         k.Turn();
         k.Start("exit 3");
         k.Until(k.path(), StrCat(kAgent, ".lifecycle_state"), {"start_error"});
         EXPECT_EQ(k.OfAgent(".scripts.0.exit_code"), "");
         k.server().store().Read([](const State& state, WallTime) {
           EXPECT_FALSE(state.workspaces[0].Latest().agent->scripts[0].on_its_way.has_value());
         });
       }},
      {kReportLate,
       {"lifecycle-before-exit-code=3600000"},
       [](Knob& k) {
         k.Turn();
         k.Start("exit 3");
         k.Until(k.path(), StrCat(kAgent, ".lifecycle_state"), {"start_error"});
         EXPECT_EQ(k.OfAgent(".scripts.0.exit_code"), "");
         k.server().store().Update([](State& state, WallTime now) {
           Script& script = state.workspaces[0].Latest().agent->scripts[0];
           EXPECT_GT(script.arrives_at, now);
           script.arrives_at = now;
         });
         EXPECT_EQ(k.UntilEnded(k.id()).Text(StrCat(kAgent, ".scripts.0.exit_code")), "3");
       }},
      {kAgentNeverConnects,
       {"agent-never-connects"},
       [](Knob& k) {
         k.Turn();
         const std::string path = "/workspaces/" + k.Create("t-1", "exit 0");
         k.Until(path, "latest_build.status", {"running"});
         k.server().store().Update([](State& state, WallTime) {
           state.workspaces[0].Latest().agent->connection_timeout = 1;
         });
         k.Until(path, StrCat(kAgent, ".status"), {"timeout"});
         k.server().Clear(kAgentNeverConnects);
         k.Until(path, StrCat(kAgent, ".status"), {"connected"});
       }},
      {kAgentDisconnects,
       {"agent-disconnects"},
       [](Knob& k) {
         k.Turn();
         k.Start("sleep 600");
         k.Until(k.path(), StrCat(kAgent, ".status"), {"disconnected"});
         ASSERT_TRUE(k.server().Turn("agent-disconnects=1").ok());
         k.Until(k.path(), StrCat(kAgent, ".status"), {"connected"});
       }},
      {kAgentRestarts,
       {"agent-restarts=1"},
       [](Knob& k) {
         k.Turn();
         k.Start(
             "if [ -e was-here ]; then echo again; exit 5; fi; "
             "touch was-here; echo first; sleep 600");
         EXPECT_EQ(k.UntilEnded(k.id()).Text(StrCat(kAgent, ".scripts.0.exit_code")), "5");
         const Reply logs = k.Get("/workspaceagents/" + k.agent() + "/logs");
         EXPECT_EQ(logs.Text("0.output"), "first");
         EXPECT_EQ(logs.Text("1.output"), "again");
       }},
  };
}

}  // namespace

std::vector<KnobRow> KnobsOfBuildsAndAgents() {
  std::vector<KnobRow> rows = RowsOfBuilds();
  const std::vector<KnobRow> more = RowsOfAgents();
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace ameide::simulator::testing
