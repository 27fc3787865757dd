// The Coder backend keeps every promise of a backend, and what it does when Coder does not.
#include "acceptance/testing/coder_fixture.h"
#include "base/environment.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "task/contract/authorize.h"
#include "task/evidence/bundle.h"
#include "task/launcher/testing/backend_contract.h"

namespace ameide::task::testing {
namespace {

using acceptance::CoderWorld;
using ::testing::HasSubstr;

// The suite's worlds differ by test, its parameters do not: the backend brings its world along.
class WithItsWorld final : public Backend {
 public:
  WithItsWorld() : backend_(world_.Parts().backend) {}
  std::string name() const override { return backend_->name(); }
  Status Check(const TaskSpec& s, const ProfileContract& p) override {
    return backend_->Check(s, p);
  }
  Result<Workspace> Create(const LaunchContext& c, const WorkspaceRequest& request) override {
    WorkspaceRequest real = request;
    const TaskSpec& asked = request.spec;
    real.profile = world_.profile();
    real.spec = world_.Spec(asked.work_id, asked.command);
    real.spec.run_id = asked.run_id;
    return backend_->Create(c, real);
  }
  Result<std::optional<Workspace>> Find(const LaunchContext& c, const std::string& id) override {
    return backend_->Find(c, id);
  }
  Result<std::vector<Workspace>> List(const LaunchContext& c) override { return backend_->List(c); }
  Status AwaitEnd(const LaunchContext& c, const Workspace& w) override {
    return backend_->AwaitEnd(c, w);
  }
  Status Cancel(const LaunchContext& c, const Workspace& w) override {
    return backend_->Cancel(c, w);
  }
  Status Collect(const LaunchContext& c, const Workspace& w, const fs::path& to) override {
    return backend_->Collect(c, w, to);
  }
  Status Retain(const LaunchContext& c, const Workspace& w) override {
    return backend_->Retain(c, w);
  }
  Status Destroy(const LaunchContext& c, const Workspace& w) override {
    return backend_->Destroy(c, w);
  }
  Status ProveGone(const LaunchContext& c, const Workspace& w) override {
    return backend_->ProveGone(c, w);
  }

 private:
  CoderWorld world_;
  std::unique_ptr<Backend> backend_;
};

INSTANTIATE_TEST_SUITE_P(Coder, BackendContract,
                         ::testing::Values(BackendUnderTest{
                             "coder",
                             [](const fs::path&) { return std::make_unique<WithItsWorld>(); },
                             {"true"},
                             {"sleep", "600"}}),
                         [](const auto& backend) { return backend.param.name; });

// A Coder server of yours: its templates pushed, the token's user without other tasks.
BackendUnderTest RealCoder() {
  const Environment environment = ProcessEnvironment();
  BackendUnderTest real{"coder_real", {}, {"true"}, {"sleep", "600"}};
  std::vector<std::string> missing;
  for (const char* name : {"CODER_URL", "CODER_SESSION_TOKEN", "AMEIDE_TEST_REPOSITORY"}) {
    if (Get(environment, name).empty()) missing.emplace_back(name);
  }
  if (!missing.empty()) {
    real.missing = StrCat("not set: ", StrJoin(missing, ", "),
                          " (a Coder server with the template ameide-code, a token for it, and a "
                          "repository that its profile allows)");
  }
  real.make = [environment](const fs::path& folder) {
    static const SystemClock kClock;
    return MakeCoderParts({}, {}, folder, environment, kClock).value().backend;
  };
  real.adjust = [environment](WorkspaceRequest* request) {
    request->profile = acceptance::AnyRepositoryProfile("code");
    TaskSpec spec = request->spec;
    spec.profile = "code";
    spec.profile_template.clear();
    spec.repository = {.url = Get(environment, "AMEIDE_TEST_REPOSITORY")};
    request->spec = *Authorize(spec, request->profile.contract).value;
    request->spec.run_id = spec.run_id;
  };
  return real;
}

INSTANTIATE_TEST_SUITE_P(RealCoder, BackendContract, ::testing::Values(RealCoder()),
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
  void ExpectGoodEvidence(const Workspace& workspace, const std::string& about = "") {
    const fs::path to = dir.path() / StrCat("copy-", copies++);
    const Status collected = backend->Collect(Context(), workspace, to);
    ASSERT_TRUE(collected.ok()) << about << ": " << collected.error().ToString();
    const auto bundle = VerifyBundle(to);
    ASSERT_TRUE(bundle.ok()) << about << ": " << bundle.error().ToString();
    EXPECT_EQ(bundle->result.run_id, workspace.run_id) << about;
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
  int copies = 0;
};

TEST_F(CoderBackendTest, RunsOverAServerThatIsOldNewOrMisbehaves) {
  for (const char* knob :
       {"", "old-server", "new-server", "unknown-fields-and-enums", "no-exit-code-field",
        "report-lost", "lifecycle-before-exit-code=1500", "websocket-drop", "watch-drop",
        "watch-silent", "server-error=1", "rate-limit=1", "create-answer-lost=1", "log-overflow",
        "cancel-forbidden", "agent-disconnects=500"}) {
    SCOPED_TRACE(knob);
    if (*knob != 0) Turn(knob);
    const Workspace made = MustCreate({"sh", "-c", "echo hello; sleep 1"});
    ExpectOk(backend->AwaitEnd(Context(), made), knob);
    ExpectGoodEvidence(made, knob);
    ExpectGone(made, knob);
    for (const simulator::FaultRow& row : simulator::FaultTable()) world.server().Clear(row.fault);
  }
}

TEST_F(CoderBackendTest, EvidenceComesThroughTheTerminalWhenTheAppDoesNotWork) {
  for (const char* knob : {"app-404", "app-502", "app-disabled-403"}) {
    const Workspace made = MustCreate({"sh", "-c", "seq 1 20000"});
    ExpectOk(backend->AwaitEnd(Context(), made), knob);
    Turn(knob);
    ExpectGoodEvidence(made, knob);
    for (const simulator::FaultRow& row : simulator::FaultTable()) world.server().Clear(row.fault);
    ExpectGone(made, knob);
  }
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
  const Status kept = backend->Destroy(Context(), made);
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(backend->ProveGone(Context(), made).ok());
  const auto orphaning = world.Parts(true).backend;
  const Status forgotten = orphaning->Destroy(Context(), made);
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
  ExpectOk(backend->Check(spec, world.profile().contract));
  spec.profile_template = "absent";
  const Status absent = backend->Check(spec, world.profile().contract);
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
