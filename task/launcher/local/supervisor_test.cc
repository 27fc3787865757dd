// Whole runs with real processes: what ends them, and that nothing is left.
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <optional>
#include <thread>

#include "gmock/gmock.h"
#include "task/launcher/testing/local_fixture.h"

namespace ameide::task::testing {
namespace {

using ::testing::HasSubstr;

struct SupervisorTest : LocalFixture {
  // Runs in a thread so that the test can disturb it meanwhile.
  std::thread RunAside(const TaskSpec& spec) {
    return std::thread([this, spec] { aside = Run(spec); });
  }
  const TaskRecord& Aside() {
    EXPECT_TRUE(aside->ok()) << aside->error().ToString();
    return **aside;
  }
  // The helper as a launcher of its own process.
  Subprocess LaunchElsewhere(const std::string& mode) {
    return Subprocess::Spawn(
               {.argv = {kHelper, "launch", state.string(), "work-1", mode, note.string()},
                .new_session = true})
        .value();
  }
  ProcessId Supervisor() {
    std::optional<ProcessId> id;
    EXPECT_TRUE(Eventually([&] {
      id = ReadSupervisorId(Layout());
      return id.has_value();
    }));
    return id.value_or(ProcessId{});
  }
  std::optional<Result<TaskRecord>> aside;
};

TEST_F(SupervisorTest, ASuccessIsCollectedAndRemoved) {
  const auto record = Run(Spec("succeed"));
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->result.outcome, Outcome::kSuccess) << record->result.reason;
  EXPECT_TRUE(record->warnings.empty()) << StrJoin(record->warnings, "\n");
  ExpectClosed(*record);
  // A long-lived provider must not gather zombies.
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(SupervisorTest, OneLauncherRunsManyTasksAtOnce) {
  const auto launcher = MakeLauncher();
  constexpr int kTasks = 8;
  std::vector<std::optional<Result<TaskRecord>>> records(kTasks);
  std::vector<std::jthread> threads;
  for (int i = 0; i < kTasks; ++i) {
    threads.emplace_back([&, i] {
      TaskSpec spec = SampleSpec(StrCat("work-", i), {i % 2 == 0 ? "succeed" : "fail"});
      records[i] = launcher->Run(Context(), spec, SampleProfile(), options);
    });
  }
  threads.clear();
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_TRUE(records[i]->ok()) << records[i]->error().ToString();
    const TaskRecord& record = **records[i];
    EXPECT_EQ(record.result.work_id, StrCat("work-", i));
    EXPECT_EQ(record.result.outcome, i % 2 == 0 ? Outcome::kSuccess : Outcome::kFailure);
    EXPECT_TRUE(record.workspace_gone) << StrJoin(record.warnings, "\n");
  }
  EXPECT_TRUE(launcher->List(Context())->empty());
}

TEST_F(SupervisorTest, AFailedCommandIsAFailure) {
  const auto record = Run(Spec("fail"));
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->result.failure, FailureClass::kCommandFailed);
  EXPECT_EQ(record->result.exit_code, 3);
  ExpectClosed(*record);
}

TEST_F(SupervisorTest, AnAgentWithoutEvidenceIsAnErrorThatQuotesIt) {
  const auto record = Run(Spec("silent"));
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->result.failure, FailureClass::kInfrastructure);
  EXPECT_THAT(record->result.reason, HasSubstr("told to be silent"));
  ExpectClosed(*record);
}

TEST_F(SupervisorTest, AnAgentThatCannotStartIsAnErrorThatNamesIt) {
  local.agent = {"/nonexistent/agent"};
  const auto record = Run(Spec("succeed"));
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->result.failure, FailureClass::kInfrastructure);
  EXPECT_THAT(record->result.reason, HasSubstr("/nonexistent/agent"));
  ExpectClosed(*record);
}

TEST_F(SupervisorTest, NothingGoesOnAfterTheRunHasEnded) {
  const auto backend = MakeBackend();
  TaskSpec spec = Spec("daemon");
  spec.run_id = testing::UniqueRunId();
  spec.ttl = Millis(600'000);
  const auto made = backend->Create(Context(), {spec, SampleProfile(), state / "e"});
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  const Status ended = backend->AwaitEnd(Context(), *made);
  EXPECT_TRUE(ended.ok()) << ended.error().ToString();
  EXPECT_TRUE(Exists(note));
  EXPECT_TRUE(NotedProcesses().empty());
  EXPECT_TRUE(backend->Destroy(Context(), *made).ok());
  EXPECT_TRUE(backend->ProveGone(Context(), *made).ok());
}

TEST_F(SupervisorTest, TheHardTtlKillsATreeThatIgnoresTerm) {
  local.ttl_reserve = Millis(100);
  TaskSpec spec = Spec("stubborn");
  spec.ttl = Millis(1500);
  std::thread run = RunAside(spec);
  const auto processes = NotedProcesses();
  run.join();
  EXPECT_EQ(Aside().result.failure, FailureClass::kTimedOut) << Aside().result.reason;
  EXPECT_TRUE(NoneAlive(processes));
  EXPECT_THAT(*ReadFile(Aside().evidence_directory / kRunLogFile, 4096), HasSubstr("last words"));
  ExpectClosed(Aside());
}

TEST_F(SupervisorTest, ACancelledRunLeavesItsOwnEvidence) {
  std::thread run = RunAside(Spec("wait"));
  const auto processes = NotedProcesses();
  EXPECT_EQ(processes.size(), 1u);
  stop.request_stop();
  run.join();
  EXPECT_EQ(Aside().result.outcome, Outcome::kCancellation);
  EXPECT_TRUE(Aside().warnings.empty()) << StrJoin(Aside().warnings, "\n");
  EXPECT_TRUE(NoneAlive(processes));
  ExpectClosed(Aside());
}

TEST_F(SupervisorTest, ACancelledTreeThatIgnoresTermIsKilledAfterItsGrace) {
  local.cancel_grace = Millis(100);
  std::thread run = RunAside(Spec("stubborn"));
  const auto processes = NotedProcesses();
  EXPECT_EQ(processes.size(), 3u);
  stop.request_stop();
  run.join();
  EXPECT_EQ(Aside().result.outcome, Outcome::kCancellation) << Aside().result.reason;
  EXPECT_TRUE(NoneAlive(processes));
  ExpectClosed(Aside());
}

TEST_F(SupervisorTest, AKilledAgentIsAnErrorAndItsTreeEnds) {
  std::thread run = RunAside(Spec("stubborn"));
  const auto processes = NotedProcesses();
  ASSERT_FALSE(processes.empty());
  EXPECT_TRUE(SignalProcess(processes.front(), SIGKILL));
  run.join();
  EXPECT_EQ(Aside().result.failure, FailureClass::kInfrastructure);
  EXPECT_THAT(Aside().result.reason, HasSubstr("killed by signal 9"));
  EXPECT_TRUE(NoneAlive(processes));
  EXPECT_THAT(*ReadFile(Aside().evidence_directory / kRunLogFile, 4096), HasSubstr("last words"));
  ExpectClosed(Aside());
}

TEST_F(SupervisorTest, AKilledSupervisorIsAnErrorAndNothingIsLeft) {
  std::thread run = RunAside(Spec("stubborn"));
  const auto processes = NotedProcesses();
  EXPECT_TRUE(SignalProcess(Supervisor(), SIGKILL));
  run.join();
  EXPECT_EQ(Aside().result.failure, FailureClass::kInfrastructure);
  EXPECT_THAT(Aside().result.reason, HasSubstr("supervisor is gone"));
  EXPECT_TRUE(NoneAlive(processes));
  ExpectClosed(Aside());
}

TEST_F(SupervisorTest, AKilledLauncherLeavesNothingButEvidence) {
  Subprocess launcher = LaunchElsewhere("wait");
  const auto processes = NotedProcesses();
  const ProcessId supervisor = Supervisor();
  EXPECT_EQ(processes.size(), 1u);
  launcher.Signal(SIGKILL);
  EXPECT_EQ(launcher.Wait().signal, SIGKILL);
  EXPECT_TRUE(Eventually([&] { return !Exists(Layout().folder); }));
  EXPECT_TRUE(Eventually([&] { return !IsAlive(supervisor); }));
  EXPECT_TRUE(NoneAlive(processes));
  // The next launcher finds the evidence that the supervisor saved.
  const auto record = Run(Spec("wait"));
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->result.outcome, Outcome::kCancellation) << record->result.reason;
  EXPECT_EQ(record->result.reason, "it ended like this in a test");  // the agent's own words
  ExpectClosed(*record);
}

TEST_F(SupervisorTest, TheNextLauncherWaitsForTheEvidenceOfALostOne) {
  Subprocess launcher = LaunchElsewhere("wait");
  NotedProcesses();
  launcher.Signal(SIGKILL);
  const auto record = Run(Spec("wait"));  // at once, while the supervisor is still at work
  launcher.Wait();
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->result.reason, "it ended like this in a test");
  ExpectClosed(*record);
}

TEST_F(SupervisorTest, AKilledLauncherOfAStubbornTreeLeavesAFallbackBundle) {
  Subprocess launcher = LaunchElsewhere("stubborn");
  const auto processes = NotedProcesses();
  // The agent program dies with its launcher, before it could write anything.
  launcher.Signal(SIGKILL);
  SignalProcess(processes.front(), SIGKILL);
  launcher.Wait();
  EXPECT_TRUE(Eventually([&] { return !Exists(Layout().folder); }));
  EXPECT_TRUE(NoneAlive(processes));
  const auto record = Run(Spec("stubborn"));
  ASSERT_TRUE(record.ok());
  EXPECT_NE(record->result.outcome, Outcome::kSuccess);
  EXPECT_THAT(*ReadFile(record->evidence_directory / kRunLogFile, 4096), HasSubstr("last words"));
  ExpectClosed(*record);
}

TEST_F(SupervisorTest, AWorkIdRunsOnceInTwoProcesses) {
  Subprocess first = LaunchElsewhere("succeed");
  Subprocess second = LaunchElsewhere("succeed");
  EXPECT_TRUE(first.Wait().Success());
  EXPECT_TRUE(second.Wait().Success());
  size_t runs = 0;
  for (const auto& entry : fs::directory_iterator(options.evidence_root / "work-1")) {
    EXPECT_TRUE(VerifyBundle(entry.path()).ok()) << entry.path();
    ++runs;
  }
  EXPECT_EQ(runs, 1u);
}

TEST_F(SupervisorTest, ARetainedWorkspaceOutlivesItsLauncherUntilDestroy) {
  options.retain = Retain::kUntilDestroy;
  const auto record = Run(Spec("succeed"));
  ASSERT_TRUE(record.ok());
  EXPECT_FALSE(record->workspace_gone);
  // Run's launcher is gone with its end of the lifeline; once the supervisor has noticed that …
  const fs::path lifeline = fs::path("/proc") / std::to_string(Supervisor().pid) / "fd" / "3";
  EXPECT_TRUE(Eventually([&] { return !Exists(lifeline); }));
  // … the workspace is there all the same.
  EXPECT_TRUE(IsAlive(Supervisor()));
  EXPECT_TRUE(Exists(Layout().folder));
  EXPECT_TRUE(MakeLauncher()->Destroy(Context(), "work-1").ok());
  EXPECT_FALSE(Exists(Layout().folder));
  EXPECT_TRUE(VerifyBundle(record->evidence_directory).ok());
}

TEST_F(SupervisorTest, ARetainedWorkspaceGoesAtItsTtl) {
  options.retain = Retain::kOnFailure;
  TaskSpec spec = Spec("fail");
  spec.ttl = Millis(3000);
  const auto record = Run(spec);
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(Eventually([&] { return !Exists(Layout().folder); }));
  EXPECT_TRUE(
      Eventually([&] { return (*MakeLauncher()->Find(Context(), "work-1"))->workspace_gone; }));
}

TEST_F(SupervisorTest, ASupervisorNeverOutlivesItsFolder) {
  std::thread run = RunAside(Spec("wait"));
  const auto processes = NotedProcesses();
  const ProcessId supervisor = Supervisor();
  EXPECT_TRUE(RemoveTree(Layout().folder).ok());
  run.join();
  EXPECT_EQ(Aside().result.failure, FailureClass::kInfrastructure);
  EXPECT_TRUE(Eventually([&] { return !IsAlive(supervisor) && NoneAlive(processes); }));
}

}  // namespace
}  // namespace ameide::task::testing
