#include "acceptance/coder_simulator/transitions.h"

#include <algorithm>

#include "acceptance/coder_simulator/jobs.h"
#include "acceptance/coder_simulator/rules.h"
#include "acceptance/coder_simulator/search.h"
#include "acceptance/coder_simulator/testing/simulated.h"
#include "base/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator {
namespace {

using ::testing::ElementsAre;
using testing::FixtureFiles;
using ::testing::IsEmpty;

// A state with a user, an imported template and, when asked, a workspace, on a clock of its own.
class TransitionsTest : public ::testing::Test {
 protected:
  TransitionsTest() {
    state_.users.push_back({.id = "u1", .name = "task-runner", .token = "t"});
    Template item;
    item.id = "t1";
    item.name = "fixture";
    item.active_version_id = "v1";
    state_.templates.push_back(item);
    TemplateVersion version;
    version.id = "v1";
    version.template_id = "t1";
    version.job = NewJob(&state_, "template_version_import", "f1", "u1", clock_.Now());
    state_.versions.push_back(version);
  }

  Workspace& AddWorkspace(int64_t ttl_ms = 0) {
    if (state_.versions[0].model == nullptr) {
      Run({"import v1"});
      FinishImport(&state_, "v1", ReadTemplate(FixtureFiles()), clock_.Now());
    }
    Workspace workspace;
    workspace.id = "w1";
    workspace.name = "task-1";
    workspace.owner_id = "u1";
    workspace.template_id = "t1";
    workspace.ttl_ms = ttl_ms;
    Build& build = StartBuild(&state_, &workspace, "start", "u1", "initiator", clock_.Now());
    build.version_id = "v1";
    build.parameters = {{"ameide_spec", "eA=="}, {"ameide_ttl_seconds", "600"}};
    state_.workspaces.push_back(workspace);
    return state_.workspaces.back();
  }

  std::vector<std::string> Step(Millis by = Millis(100)) {
    clock_.Advance(by);
    std::vector<std::string> said;
    static const char* kNames[] = {"import", "run", "restart", "kill", "tear down"};
    for (const Effect& effect : Advance(&state_, clock_.Now())) {
      said.push_back(std::string(kNames[static_cast<int>(effect.kind)]) + " " + effect.id);
    }
    return said;
  }
  // Steps until these effects come up.
  void Run(const std::vector<std::string>& effects) {
    for (int i = 0; i < 50; ++i) {
      if (Step() != effects) continue;
      if (effects[0] == "run w1") AgentConnected(&state_, agent().id, now());
      return;
    }
    FAIL() << "never: " << effects[0];
  }
  Agent& agent() { return *state_.workspaces[0].builds[0].agent; }
  void EndScript(const std::string& status, int code) {
    ScriptEnded(&state_, agent().id, {.status = status, .exit_code = code}, clock_.Now());
  }
  WallTime now() const { return clock_.Now(); }

  ameide::testing::FakeClock clock_;
  State state_;
};

TEST_F(TransitionsTest, AnImportRunsOnceAndEndsWithItsResult) {
  Run({"import v1"});
  EXPECT_THAT(Step(), IsEmpty());
  FinishImport(&state_, "v1", ReadTemplate(FixtureFiles()), now());
  EXPECT_TRUE(state_.versions[0].job.Succeeded());
  FinishImport(&state_, "v1", Error{ErrorKind::kInvalid, "x", "y", "too late", ""}, now());
  EXPECT_TRUE(state_.versions[0].job.Succeeded());
}

TEST_F(TransitionsTest, AFailedImportSaysWhy) {
  Run({"import v1"});
  FinishImport(&state_, "v1", Error{ErrorKind::kInvalid, "import", "main.tf:3", "bad", ""}, now());
  EXPECT_EQ(ToString(state_.versions[0].job.status), "failed");
  EXPECT_EQ(state_.versions[0].job.error, "import main.tf:3: bad");
  EXPECT_EQ(state_.versions[0].job.logs.back().level, "error");
}

TEST_F(TransitionsTest, AVariableWithoutAValueHasAnErrorCode) {
  TemplateFiles files = FixtureFiles();
  files["more.tf"] = "variable \"needed\" {\n  type = string\n}\n";
  Run({"import v1"});
  FinishImport(&state_, "v1", ReadTemplate(files), now());
  EXPECT_EQ(state_.versions[0].job.error_code, "REQUIRED_TEMPLATE_VARIABLES");
}

TEST_F(TransitionsTest, AWorkspaceGoesThroughItsLife) {
  AddWorkspace();
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "pending");
  Step();
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "starting");
  EXPECT_FALSE(state_.workspaces[0].Latest().agent.has_value());
  Step();
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "running");
  EXPECT_EQ(AgentStatus(agent(), now()), "connecting");
  EXPECT_EQ(agent().lifecycle, "created");
  EXPECT_THAT(Step(), ElementsAre("run w1"));
  EXPECT_THAT(Step(), IsEmpty());  // the pod takes its time
  EXPECT_EQ(AgentStatus(agent(), now()), "connecting");
  AgentConnected(&state_, agent().id, now());
  EXPECT_EQ(AgentStatus(agent(), now()), "connected");
  EXPECT_EQ(agent().lifecycle, "starting");
  EndScript("exit_failure", 3);
  EXPECT_EQ(agent().lifecycle, "start_error");
  EXPECT_FALSE(agent().scripts[0].report.has_value());  // it comes after the lifecycle
  Step();
  EXPECT_EQ(agent().scripts[0].report->exit_code, 3);
  StartBuild(&state_, &state_.workspaces[0], "delete", "u1", "initiator", now());
  Run({"tear down w1"});
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "deleting");
  EXPECT_THAT(Step(), IsEmpty());
  FinishTearDown(&state_, "w1", Ok{}, now());
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "deleted");
  EXPECT_TRUE(state_.workspaces[0].deleted);
}

TEST_F(TransitionsTest, LifecycleTellsHowTheScriptEnded) {
  for (const auto& [status, lifecycle] :
       std::vector<std::pair<std::string, std::string>>{{"ok", "ready"},
                                                        {"exit_failure", "start_error"},
                                                        {"pipes_left_open", "start_error"},
                                                        {"timed_out", "start_timeout"}}) {
    state_.workspaces.clear();
    AddWorkspace();
    Run({"run w1"});
    EndScript(status, 1);
    EXPECT_EQ(agent().lifecycle, lifecycle) << status;
  }
}

TEST_F(TransitionsTest, ALostReportNeverArrives) {
  state_.faults.Set(Fault::kReportLost);
  AddWorkspace();
  Run({"run w1"});
  EndScript("ok", 0);
  Step(std::chrono::hours(1));
  EXPECT_EQ(agent().lifecycle, "ready");
  EXPECT_FALSE(agent().scripts[0].report || agent().scripts[0].first_run);
}

TEST_F(TransitionsTest, ALateReportArrivesWhenTheKnobSays) {
  state_.faults.Set(Fault::kReportLate, 5000);
  AddWorkspace();
  Run({"run w1"});
  EndScript("ok", 0);
  Step(Millis(4900));
  EXPECT_FALSE(agent().scripts[0].report.has_value());
  Step(Millis(200));
  EXPECT_TRUE(agent().scripts[0].report.has_value());
}

TEST_F(TransitionsTest, AnAgentThatComesBackTellsItsLifecycleButNotItsReport) {
  state_.faults.Set(Fault::kAgentDisconnects, 1000);
  AddWorkspace();
  Run({"run w1"});
  Step(Millis(400));
  EXPECT_EQ(AgentStatus(agent(), now()), "disconnected");
  AppendAgentLog(&state_, agent().id, "info", "said while away", now());
  EndScript("ok", 0);
  EXPECT_EQ(agent().lifecycle, "starting");
  EXPECT_THAT(agent().logs, IsEmpty());
  Step(Millis(1100));
  EXPECT_EQ(AgentStatus(agent(), now()), "connected");
  EXPECT_EQ(agent().lifecycle, "ready");
  ASSERT_EQ(agent().logs.size(), 1u);
  Step(std::chrono::hours(1));
  EXPECT_FALSE(agent().scripts[0].report.has_value());
}

TEST_F(TransitionsTest, AnAgentThatStaysAwayTimesOutButTheBuildHasSucceeded) {
  state_.faults.Set(Fault::kAgentNeverConnects);
  AddWorkspace();
  Step();
  Step();
  Step();
  EXPECT_EQ(AgentStatus(agent(), now()), "connecting");
  Step(std::chrono::seconds(901));
  EXPECT_EQ(AgentStatus(agent(), now()), "timeout");
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "running");
}

TEST_F(TransitionsTest, TheDeadlineStopsAWorkspaceAndThePodHasOneOfItsOwn) {
  AddWorkspace(3'600'000);
  Run({"run w1"});
  EXPECT_THAT(Step(std::chrono::seconds(601)), ElementsAre("kill w1"));
  EXPECT_EQ(AgentStatus(agent(), now()), "disconnected");
  EXPECT_THAT(Step(std::chrono::hours(1)), IsEmpty());
  EXPECT_EQ(state_.workspaces[0].Latest().transition, "stop");
  EXPECT_EQ(state_.workspaces[0].Latest().reason, "autostop");
  Run({"tear down w1"});
}

TEST_F(TransitionsTest, WithoutAProvisionerAJobWaitsForTheReaper) {
  state_.faults.Set(Fault::kProvisionerAbsent);
  state_.versions[0].job = NewJob(&state_, "template_version_import", "f1", "u1", now());
  EXPECT_THAT(Step(std::chrono::minutes(29)), IsEmpty());
  EXPECT_EQ(ToString(state_.versions[0].job.status), "pending");
  Step(std::chrono::minutes(2));
  EXPECT_EQ(ToString(state_.versions[0].job.status), "failed");
}

TEST_F(TransitionsTest, CancelingWaitsForTheProvisionerUnlessNothingHasBegun) {
  AddWorkspace();
  Job& job = state_.workspaces[0].Latest().job;
  CancelJob(&state_, &job, now());
  EXPECT_EQ(ToString(job.status), "canceled");
  state_.workspaces.clear();
  AddWorkspace();
  Step();
  Job& running = state_.workspaces[0].Latest().job;
  CancelJob(&state_, &running, now());
  EXPECT_EQ(ToString(running.status), "canceling");
  Step();
  EXPECT_EQ(ToString(running.status), "canceled");
}

TEST_F(TransitionsTest, AStuckCancelNeverEnds) {
  state_.faults.Set(Fault::kStuckCanceling);
  AddWorkspace();
  Step();
  CancelJob(&state_, &state_.workspaces[0].Latest().job, now());
  Step(std::chrono::hours(5));
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "canceling");
}

TEST_F(TransitionsTest, AFailedDeleteKeepsTheWorkspace) {
  state_.faults.Set(Fault::kDeleteFails, 1);
  AddWorkspace();
  Run({"run w1"});
  StartBuild(&state_, &state_.workspaces[0], "delete", "u1", "initiator", now());
  for (int i = 0; i < 5; ++i) EXPECT_THAT(Step(), IsEmpty());
  EXPECT_EQ(state_.workspaces[0].Latest().Status(), "failed");
  EXPECT_FALSE(state_.workspaces[0].deleted);
  StartBuild(&state_, &state_.workspaces[0], "delete", "u1", "initiator", now());
  Run({"tear down w1"});
}

TEST_F(TransitionsTest, AgentLogsStopAtTheirCapAndLoseTheTail) {
  AddWorkspace();
  Run({"run w1"});
  const std::string line(300'000, 'x');
  for (int i = 0; i < 4; ++i) AppendAgentLog(&state_, agent().id, "info", line, now());
  AppendAgentLog(&state_, agent().id, "info", "the end", now());
  EXPECT_TRUE(agent().logs_overflowed);
  EXPECT_EQ(agent().logs.size(), 3u);
  EXPECT_TRUE(std::is_sorted(agent().logs.begin(), agent().logs.end(),
                             [](const AgentLog& a, const AgentLog& b) { return a.id < b.id; }));
}

TEST_F(TransitionsTest, SearchFindsByEveryKey) {
  AddWorkspace();
  const User& user = state_.users[0];
  const auto count = [&](const char* query) {
    std::vector<Validation> problems;
    const auto found = SearchWorkspaces(state_, user, query, now(), &problems);
    return problems.empty() ? static_cast<int>(found.size()) : -1;
  };
  for (const char* query :
       {"", "owner:me", "owner:task-runner", "name:ASK", "task", "template:fixture", "id:w1",
        "status:pending", "param:ameide_spec", "param:ameide_ttl_seconds=600",
        "param:\"ameide_spec=eA==\" owner:me", "dormant:false", "organization:coder"}) {
    EXPECT_EQ(count(query), 1) << query;
  }
  for (const char* query : {"owner:other", "name:x", "template:fix", "id:w2", "status:running",
                            "param:other", "param:ameide_ttl_seconds=60", "dormant:true"}) {
    EXPECT_EQ(count(query), 0) << query;
  }
  EXPECT_EQ(count("colour:red"), -1);
}

TEST(Rules, NamesAreGroupsJoinedBySingleHyphens) {
  for (const char* name : {"a", "T-1", "t-3f2a91c07b", "a-b-c"}) EXPECT_TRUE(IsName(name)) << name;
  for (const char* name : {"", "-a", "a-", "a--b", "a_b", "a.b", "new", "create", "ä", "a b",
                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(IsName(name)) << name;
  }
  EXPECT_TRUE(IsVersionName("gen-3f_2.a"));
  EXPECT_FALSE(IsVersionName("gen..a"));
}

TEST(Rules, TimeToLiveIsCutToMinutesAndBounded) {
  for (const auto& [value, ttl] : std::vector<std::pair<Json, int64_t>>{
           {Json(), 0}, {Json(0), 0}, {Json(60'000), 60'000}, {Json(119'999), 60'000}}) {
    std::vector<Validation> problems;
    EXPECT_EQ(CheckTtl(&value, &problems), ttl);
    EXPECT_TRUE(problems.empty());
  }
  for (const Json& value :
       {Json(59'999), Json(-1), Json("x"), Json(int64_t{30} * 24 * 3600 * 1000 + 1)}) {
    std::vector<Validation> problems;
    CheckTtl(&value, &problems);
    ASSERT_EQ(problems.size(), 1u) << value.Dump();
    EXPECT_EQ(problems[0].field, "ttl_ms");
  }
}

TEST(Rules, ParametersAreCheckedByTypeOptionAndPattern) {
  const auto parameters = ReadTemplate(FixtureFiles()).value().parameters;
  const auto fields = [&](const std::map<std::string, std::string>& given) {
    Json::Array items;
    for (const auto& [name, value] : given) {
      items.emplace_back(Json::Object{{"name", name}, {"value", value}});
    }
    const Json json(items);
    std::vector<Validation> problems;
    CheckParameters(parameters, &json, &problems);
    std::vector<std::string> names;
    for (const Validation& problem : problems) names.push_back(problem.field);
    return names;
  };
  const std::string w = "ameide_work_id", s = "ameide_spec";
  EXPECT_THAT(fields({{w, "W"}, {s, "eA=="}}), IsEmpty());
  EXPECT_THAT(fields({{w, "W"}}), ElementsAre(s));
  EXPECT_THAT(fields({{w, "W"}, {s, "no base64!"}}), ElementsAre(s));
  EXPECT_THAT(fields({{w, "-W"}, {s, ""}}), ElementsAre(w));
  EXPECT_THAT(fields({{w, "W"}, {s, ""}, {"other", "x"}}), ElementsAre("other"));
  EXPECT_THAT(fields({{w, "W"}, {s, ""}, {"ameide_kind", "fly"}}), ElementsAre("ameide_kind"));
  for (const char* ttl : {"60", "7201", "x", "", "1.5"}) {
    EXPECT_THAT(fields({{w, "W"}, {s, ""}, {"ameide_ttl_seconds", ttl}}),
                ElementsAre("ameide_ttl_seconds"))
        << ttl;
  }
}

}  // namespace
}  // namespace ameide::simulator
