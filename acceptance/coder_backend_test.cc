// The Coder backend keeps every promise of a backend, and what it does when Coder does not.
#include <algorithm>

#include "acceptance/testing/coder_fixture.h"
#include "acceptance/testing/hurried_clock.h"
#include "acceptance/testing/jumping_clock.h"
#include "base/environment.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "task/contract/authorize.h"
#include "task/contract/template_parameters.h"
#include "task/evidence/bundle.h"
#include "task/launcher/testing/backend_contract.h"

namespace ameide::task::testing {
namespace {

using acceptance::CoderWorld;
using ::testing::HasSubstr;

const std::vector<std::string> kLinks = {
    "sh", "-c",
    "ln -s /etc/passwd \"$AMEIDE_EVIDENCE_DIR/link\"; ln -s /etc \"$AMEIDE_EVIDENCE_DIR/folder\""};
constexpr Millis kShortestTtl{kMinTtlSeconds * 1000};

class SimulatedCoder final : public BackendWorld {
 public:
  std::unique_ptr<Backend> NewBackend() override { return world_.Parts().backend; }
  void Adjust(WorkspaceRequest* request) override {
    const TaskSpec asked = request->spec;
    request->profile = world_.profile();
    request->spec = world_.Spec(asked.work_id, asked.command);
    request->spec.run_id = asked.run_id;
  }
  // The pod's deadline counts from its making.
  void PassTtl() override {
    const MonoTime bound = jumping_.Monotonic() + Millis(60'000);
    while (world_.server().workspaces().at(0).lifecycle != "starting") {
      ASSERT_LT(jumping_.Monotonic(), bound);
      jumping_.WaitFor({}, Millis(10));
    }
    jumping_.Jump(kShortestTtl + Millis(1'000));
  }

 private:
  acceptance::JumpingClock jumping_;
  CoderWorld world_{{.clock = &jumping_}};
};

INSTANTIATE_TEST_SUITE_P(Coder, BackendContract,
                         ::testing::Values(BackendUnderTest{
                             "coder",
                             [](const fs::path&) { return std::make_unique<SimulatedCoder>(); },
                             {"true"},
                             {"sleep", "600"},
                             kLinks,
                             kShortestTtl}),
                         [](const auto& backend) { return backend.param.name; });

// A Coder server of yours: its templates pushed, the token's user without other tasks.
class RealCoder final : public BackendWorld {
 public:
  RealCoder(fs::path folder, Environment environment)
      : folder_(std::move(folder)), environment_(std::move(environment)) {}
  std::unique_ptr<Backend> NewBackend() override {
    return MakeCoderParts({}, {}, folder_, environment_, clock_).value().backend;
  }
  void Adjust(WorkspaceRequest* request) override {
    request->profile = acceptance::AnyRepositoryProfile("code");
    TaskSpec spec = request->spec;
    spec.profile = "code";
    spec.profile_template.clear();
    spec.repository = {.url = Get(environment_, "AMEIDE_TEST_REPOSITORY")};
    request->spec = *Authorize(spec, request->profile.contract).value;
    request->spec.run_id = spec.run_id;
  }

 private:
  const fs::path folder_;
  const Environment environment_;
  SystemClock clock_;
};

BackendUnderTest RealCoderUnderTest() {
  const Environment environment = ProcessEnvironment();
  std::vector<std::string> missing;
  for (const char* name : {"CODER_URL", "CODER_SESSION_TOKEN", "AMEIDE_TEST_REPOSITORY"}) {
    if (Get(environment, name).empty()) missing.emplace_back(name);
  }
  BackendUnderTest real{"coder_real",
                        [environment](const fs::path& folder) {
                          return std::make_unique<RealCoder>(folder, environment);
                        },
                        {"true"},
                        {"sleep", "600"},
                        kLinks,
                        kShortestTtl};
  if (!missing.empty()) {
    real.missing = StrCat("not set: ", StrJoin(missing, ", "),
                          " (a Coder server with the template ameide-code, a token for it, and a "
                          "repository that its profile allows)");
  }
  return real;
}

INSTANTIATE_TEST_SUITE_P(RealCoder, BackendContract, ::testing::Values(RealCoderUnderTest()),
                         [](const auto& backend) { return backend.param.name; });

class CoderBackendTest : public ::testing::Test {
 protected:
  LaunchContext Context() { return {stop.get_token(), clock, log}; }
  void Turn(const std::string& knob) {
    const Status turned = world.server().Turn(knob);
    ASSERT_TRUE(turned.ok()) << turned.error().ToString();
  }
  Result<Workspace> Create(std::vector<std::string> command = {"true"}) {
    return backend->Create(Context(),
                           {world.Spec("w", std::move(command)), world.profile(), dir.path()});
  }
  Workspace MustCreate(std::vector<std::string> command = {"true"}) {
    auto made = Create(std::move(command));
    EXPECT_TRUE(made.ok()) << made.error().ToString();
    return made.ok() ? *made : Workspace{};
  }
  static void ExpectOk(const Status& status, const std::string& about = "") {
    EXPECT_TRUE(status.ok()) << about << ": " << status.error().ToString();
  }
  void ExpectGoodEvidence(const Workspace& workspace) {
    const Status collected = backend->Collect(Context(), workspace, dir.path() / "copy");
    ASSERT_TRUE(collected.ok()) << collected.error().ToString();
    const auto bundle = VerifyBundle(dir.path() / "copy");
    ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
    EXPECT_EQ(bundle->result.run_id, workspace.run_id);
  }
  void ExpectGone(const Workspace& workspace, const std::string& about = "") {
    ExpectOk(backend->Destroy(Context(), workspace), about);
    ExpectOk(backend->ProveGone(Context(), workspace), about);
  }

  ::ameide::testing::TempDir dir;
  SystemClock clock;
  Log log = Log::Silent(clock);
  std::stop_source stop;
  CoderWorld world;
  std::unique_ptr<Backend> backend = world.Parts().backend;
};

TEST_F(CoderBackendTest, EvidenceComesThroughTheTerminalWhenTheAppDoesNotWork) {
  // More than one command can show.
  const Workspace made = MustCreate({"sh", "-c", "seq 1 20000"});
  ExpectOk(backend->AwaitEnd(Context(), made));
  Turn("app-404");
  ExpectGoodEvidence(made);
  ExpectGone(made);
}

TEST_F(CoderBackendTest, AFailedCommandIsAnEndedRun) {
  const Workspace made = MustCreate({"sh", "-c", "exit 7"});
  ExpectOk(backend->AwaitEnd(Context(), made));
  ExpectOk(backend->Collect(Context(), made, dir.path() / "copy"));
  const auto bundle = VerifyBundle(dir.path() / "copy");
  EXPECT_EQ(bundle->result.exit_code, 7);
  EXPECT_EQ(bundle->result.failure, FailureClass::kCommandFailed);
  ExpectGone(made);
}

TEST_F(CoderBackendTest, ALostRunSaysHowItWasLost) {
  const std::pair<const char*, const char*> kCases[] = {
      {"start-fails", "Coder could not build the workspace"},
      {"provisioner-absent", "no provisioner"},
      {"autostop-mid-run", "autostop"}};
  for (const auto& [knob, words] : kCases) {
    Turn(knob);
    const Workspace made = MustCreate({"sleep", "600"});
    const Status ended = backend->AwaitEnd(Context(), made);
    ASSERT_FALSE(ended.ok()) << knob;
    EXPECT_EQ(ended.error().kind, ErrorKind::kUnavailable) << knob;
    EXPECT_THAT(ended.error().ToString(), HasSubstr(words)) << knob;
    EXPECT_EQ(backend->Collect(Context(), made, dir.path() / "none").error().kind,
              ErrorKind::kNotFound);
    for (const simulator::FaultRow& row : simulator::FaultTable()) world.server().Clear(row.fault);
    ExpectGone(made, knob);
  }
}

TEST_F(CoderBackendTest, AnAgentThatNeverConnectsEndsTheWait) {
  Turn("agent-never-connects");
  WorkspaceRequest request{world.Spec("w", {"true"}), world.profile(), dir.path()};
  request.spec.timeouts.readiness = Millis(1'000);
  const auto made = backend->Create(Context(), request);
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  const Status ended = backend->AwaitEnd(Context(), *made);
  ASSERT_FALSE(ended.ok());
  EXPECT_THAT(ended.error().ToString(), HasSubstr("did not connect within 1s"));
  ExpectGone(*made);
}

TEST_F(CoderBackendTest, CancelDoesNotWaitForAnAgentThatHasNeverBeenThere) {
  Turn("agent-never-connects");
  const Workspace made = MustCreate();
  const std::string path = "/workspaces/" + world.server().workspaces().at(0).id;
  world.simulated().Until(path, "latest_build.status", {"running"});
  const auto looks = [&] {
    const auto all = world.server().requests();
    return std::count_if(all.begin(), all.end(), [&](const simulator::RequestRecord& request) {
      return request.method == "GET" && request.target == simulator::testing::kApi + path;
    });
  };
  const auto before = looks();
  ExpectOk(backend->Cancel(Context(), made));
  EXPECT_EQ(looks(), before + 1);
  EXPECT_EQ(world.simulated().Get(path).Text("latest_build.transition"), "stop");
  ExpectGone(made);
}

TEST_F(CoderBackendTest, ANameThatIsTakenByAStrangerIsAConflict) {
  Turn("name-taken=1");
  const auto made = Create();
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::kConflict);
  EXPECT_FALSE(*backend->Find(Context(), "w"));
}

TEST_F(CoderBackendTest, DeletingIsTriedAgain) {
  const Workspace made = MustCreate();
  Turn("delete-fails=2");
  ExpectGone(made);
}

TEST_F(CoderBackendTest, AWorkspaceThatCannotBeDeletedIsReportedAndForgottenOnlyWhenAllowed) {
  const Workspace made = MustCreate();
  ExpectOk(backend->AwaitEnd(Context(), made));
  Turn("delete-fails");
  const acceptance::HurriedClock hurried(10);  // between the attempts
  const LaunchContext soon{stop.get_token(), hurried, log};
  const Status kept = backend->Destroy(soon, made);
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(backend->ProveGone(Context(), made).ok());
  const auto orphaning = world.Parts(true).backend;
  const Status forgotten = orphaning->Destroy(soon, made);
  ASSERT_FALSE(forgotten.ok()) << "what was not destroyed is not called destroyed";
  EXPECT_THAT(forgotten.error().ToString(), HasSubstr("forgot it without destroying"));
  EXPECT_FALSE(*backend->Find(Context(), "w"));
}

TEST_F(CoderBackendTest, A404IsNoProof) {
  const Workspace made = MustCreate();
  Turn("gone-as-404");
  ExpectOk(backend->Destroy(Context(), made));
  EXPECT_FALSE(backend->ProveGone(Context(), made).ok());
}

TEST_F(CoderBackendTest, NothingIsProvenByATokenThatSeesItsWorkspaceNoMore) {
  const Workspace made = MustCreate({"sleep", "600"});
  world.server().AddUser("somebody", false);
  world.server().store().Update([](simulator::State& state, WallTime) {
    state.users[0].template_admin = false;
    state.workspaces[0].owner_id = state.users[1].id;
  });
  ExpectOk(backend->Destroy(Context(), made));
  const Status proven = backend->ProveGone(Context(), made);
  ASSERT_FALSE(proven.ok());
  EXPECT_THAT(proven.error().ToString(), HasSubstr("lost permission"));
}

TEST_F(CoderBackendTest, AWorkspaceOfThatNameThatIsNoTasksIsLeftAlone) {
  const std::string version =
      world.simulated().PushTemplate("fixture2", simulator::testing::FixtureFiles());
  Json body =
      world.simulated().CreateBody(WorkspaceName("w"), "true", {{"ameide_work_id", "another"}});
  ASSERT_EQ(world.simulated().Call("POST", "/users/me/workspaces", body).status, 201);
  EXPECT_FALSE(*backend->Find(Context(), "w"));
  EXPECT_TRUE(backend->List(Context())->empty());
  const auto made = Create();
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().ToString(), HasSubstr("no task's"));
}

TEST_F(CoderBackendTest, CheckSaysWhatIsWrongBeforeAnythingIsMade) {
  TaskSpec spec = world.Spec("w", {"true"});
  ExpectOk(backend->Check(Context(), spec, world.profile().contract));
  spec.profile_template = "absent";
  const Status absent = backend->Check(Context(), spec, world.profile().contract);
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(absent.error().ToString(), HasSubstr("absent"));
}

TEST_F(CoderBackendTest, ALauncherTakesATaskToItsEnd) {
  CoderParts parts = world.Parts();
  Launcher launcher(std::move(parts.backend), parts.records, std::move(parts.publisher));
  RunOptions options;
  options.evidence_root = dir.path() / "evidence";
  const auto record =
      launcher.Run(Context(), world.Wanted("w", {"true"}), world.profile(), options);
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->result.outcome, Outcome::kSuccess) << record->result.reason;
  EXPECT_TRUE(record->workspace_gone);
  EXPECT_TRUE(record->warnings.empty()) << record->warnings.front();
  EXPECT_EQ(record->workspace.location,
            StrCat(world.server().origin(), "/@task-runner/", WorkspaceName("w")));
}

TEST_F(CoderBackendTest, TheWorkIsPublishedFromBesideTheTask) {
  CoderParts parts = world.Parts();
  Launcher launcher(std::move(parts.backend), parts.records, std::move(parts.publisher));
  RunOptions options;
  options.evidence_root = dir.path() / "evidence";
  TaskSpec spec = world.Wanted("w", {"sh", "-c", "echo two > services/app.txt"});
  spec.kind = TaskKind::kPatch;
  spec.pull_request = PullRequest{.branch = "agent/fix", .title = "Fix"};
  const auto record = launcher.Run(Context(), spec, world.profile(), options);
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  // There is no program that could open a pull request on this Git host, but the branch is there.
  EXPECT_GT(world.git().pushes(), 0);
  EXPECT_THAT(record->result.reason, HasSubstr("Branch agent/fix is on the remote"));
  EXPECT_TRUE(record->workspace_gone);
}

}  // namespace
}  // namespace ameide::task::testing
