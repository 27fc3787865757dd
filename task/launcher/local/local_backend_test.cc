#include "task/launcher/local/local_backend.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <optional>

#include "gmock/gmock.h"
#include "task/launcher/testing/backend_contract.h"
#include "task/launcher/testing/fake_backend.h"
#include "task/launcher/testing/local_fixture.h"

namespace ameide::task::testing {
namespace {

using ::testing::HasSubstr;

class LocalWorld final : public BackendWorld {
 public:
  explicit LocalWorld(const fs::path& root) : options_(HelperOptions(root)) {
    options_.ttl_reserve = Millis(100);
  }
  std::unique_ptr<Backend> NewBackend() override { return MakeLocalBackend(options_); }

 private:
  LocalBackendOptions options_;
};

class FakedWorld final : public BackendWorld {
 public:
  std::unique_ptr<Backend> NewBackend() override { return std::make_unique<FakeBackend>(world_); }
  void Adjust(WorkspaceRequest* request) override {
    if (request->spec.command.front() == "link") world_->evidence = FakeEvidence::kLinkAsLog;
  }
  void PassTtl() override {
    world_->Fail(Verb::kAwaitEnd, 1, Error{ErrorKind::kTimeout, "await", "w", "its TTL", ""});
  }

 private:
  std::shared_ptr<FakeWorld> world_ = std::make_shared<FakeWorld>();
};

INSTANTIATE_TEST_SUITE_P(Backends, BackendContract,
                         ::testing::Values(BackendUnderTest{"local",
                                                            [](const fs::path& root) {
                                                              return std::make_unique<LocalWorld>(
                                                                  root);
                                                            },
                                                            {"succeed"},
                                                            {"wait"},
                                                            {"link"},
                                                            Millis(1500)},
                                           BackendUnderTest{"fake",
                                                            [](const fs::path&) {
                                                              return std::make_unique<FakedWorld>();
                                                            },
                                                            {"succeed"},
                                                            {"wait"},
                                                            {"link"},
                                                            Millis(1500)}),
                         [](const auto& backend) { return backend.param.name; });

using LocalBackendTest = LocalFixture;

TEST_F(LocalBackendTest, TheWorkspaceHasWhatTheAgentProgramNeeds) {
  const auto backend = MakeBackend();
  TaskSpec spec = Spec("wait");
  spec.run_id = testing::UniqueRunId();
  spec.ttl = Millis(600'000);
  const auto made = backend->Create(Context(), {spec, SampleProfile(), state / "e"});
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  const WorkspaceLayout layout = Layout();
  EXPECT_EQ(made->location, layout.folder.string());
  EXPECT_EQ(fs::status(layout.folder).permissions(), fs::perms::owner_all);
  EXPECT_THAT(*ReadFile(layout.profile_folder("code") / "AGENTS.md", 1 << 20),
              HasSubstr("Run the tests."));
  EXPECT_EQ(*TaskSpecFromJson(*ParseJson(*ReadFile(layout.spec(), 1 << 20))).value, spec);
  EXPECT_EQ(*ProfileContractFromJson(*ParseJson(*ReadFile(layout.contract(), 1 << 20))).value,
            SampleProfile().contract);
  EXPECT_TRUE(backend->Destroy(Context(), *made).ok());
}

TEST_F(LocalBackendTest, TheSupervisorKeepsNoDescriptorOfOurs) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);  // without close-on-exec, as a careless library would
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const auto backend = MakeBackend();
  TaskSpec spec = Spec("wait");
  spec.run_id = testing::UniqueRunId();
  spec.ttl = Millis(600'000);
  const auto made = backend->Create(Context(), {spec, SampleProfile(), state / "e"});
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  NotedProcesses();
  write_end.Reset();
  pollfd end_of_file{read_end.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&end_of_file, 1, 10'000), 1) << "somebody still holds the other end";
  EXPECT_TRUE(backend->Destroy(Context(), *made).ok());
}

TEST_F(LocalBackendTest, ASupervisorThatCannotStartLeavesNothing) {
  TaskSpec spec = Spec("succeed");
  spec.run_id = testing::UniqueRunId();
  struct Case {
    std::vector<std::string> program;
    const char* said;
  };
  const Case cases[] = {{{"/nonexistent/program"}, "/nonexistent/program"},
                        {{"/bin/sh", "-c", "echo no way >&2"}, "no way"}};
  for (const Case& one : cases) {
    local.supervisor = one.program;
    const auto backend = MakeBackend();
    const auto made = backend->Create(Context(), {spec, SampleProfile(), state / "e"});
    ASSERT_FALSE(made.ok());
    EXPECT_THAT(made.error().ToString(), HasSubstr(one.said));
    EXPECT_FALSE(Exists(Layout().folder));
  }
}

TEST_F(LocalBackendTest, AFolderWithoutIdentityIsALeftoverThatSweepRemoves) {
  ASSERT_TRUE(MakeDirectories(Layout().folder / "half-made").ok());
  const auto launcher = MakeLauncher();
  const auto swept = launcher->Sweep(Context());
  ASSERT_TRUE(swept.ok());
  EXPECT_EQ(swept->removed, std::vector<std::string>{WorkspaceName("work-1")});
  EXPECT_FALSE(Exists(Layout().folder));
}

TEST_F(LocalBackendTest, OnlyRegularFilesAreCollected) {
  const WorkspaceLayout layout = Layout();
  ASSERT_TRUE(MakeDirectories(layout.evidence() / "files").ok());
  ASSERT_TRUE(WriteFileAtomically(layout.evidence() / "files" / "a", "a").ok());
  fs::create_symlink("/etc/passwd", layout.evidence() / "files" / "link");
  fs::create_directory_symlink("/etc", layout.evidence() / "folder");
  ASSERT_EQ(::mkfifo((layout.evidence() / "fifo").c_str(), 0600), 0);
  const auto backend = MakeBackend();
  const Workspace workspace{WorkspaceName("work-1"), "", "work-1", "run-1"};
  ASSERT_TRUE(backend->Collect(Context(), workspace, state / "copy").ok());
  EXPECT_TRUE(Exists(state / "copy" / "files" / "a"));
  EXPECT_FALSE(Exists(state / "copy" / "files" / "link"));
  EXPECT_FALSE(Exists(state / "copy" / "folder"));
  EXPECT_FALSE(Exists(state / "copy" / "fifo"));
  EXPECT_TRUE(backend->Destroy(Context(), workspace).ok());
}

}  // namespace
}  // namespace ameide::task::testing
