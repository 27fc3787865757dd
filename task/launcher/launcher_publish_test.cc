// Publishing as a part of the lifecycle, with a publisher that answers as it is told.
#include "task/launcher/testing/launcher_fixture.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using testing::SampleProfile;
using testing::SampleSpec;

// Shared with the test, since the launcher owns the publisher itself.
struct PublisherState {
  Result<Publication> answer{Publication{}};
  Status check{Ok{}};
  int asked = 0;
  std::function<void(const PublishRequest&)> meanwhile = [](const PublishRequest&) {};
};

class FakePublisher final : public Publisher {
 public:
  explicit FakePublisher(std::shared_ptr<PublisherState> state) : state_(std::move(state)) {}
  Status Check(const TaskSpec&, const ProfileContract&) override { return state_->check; }
  Result<Publication> Publish(const LaunchContext&, const PublishRequest& request) override {
    ++state_->asked;
    state_->meanwhile(request);
    return state_->answer;
  }

 private:
  std::shared_ptr<PublisherState> state_;
};

struct LauncherPublishTest : testing::LauncherFixture {
  LauncherPublishTest() {
    state->answer = Publication{FailureClass::kNone,          "", "agent/x", std::string(40, 'a'),
                                "https://git.example/pull/1", {}};
    profile = SampleProfile();
    profile.contract.pull_requests = true;
    spec = SampleSpec(testing::kWork);
    spec.kind = TaskKind::kPatch;
    spec.pull_request = PullRequest{"agent/x", "main", "Title", "", false};
  }
  std::unique_ptr<Launcher> Publishing() {
    return std::make_unique<Launcher>(std::make_unique<testing::FakeBackend>(world),
                                      dir.path() / "records",
                                      std::make_unique<FakePublisher>(state));
  }
  TaskRecord MustPublish() {
    auto record = Publishing()->Run(Context(), spec, profile, options);
    EXPECT_TRUE(record.ok()) << record.error().ToString();
    return record.ok() ? *record : TaskRecord{};
  }
  std::shared_ptr<PublisherState> state = std::make_shared<PublisherState>();
  Profile profile;
  TaskSpec spec;
};

TEST_F(LauncherPublishTest, ASuccessIsPublishedBeforeItsWorkspaceGoes) {
  std::set<std::string> places;
  state->meanwhile = [&](const PublishRequest& request) {
    places = world->Places();
    EXPECT_EQ(request.spec.work_id, testing::kWork);
    EXPECT_EQ(request.work_bundle.filename(), "work.bundle");
  };
  const TaskRecord record = MustPublish();
  ExpectClosed(record, Outcome::kSuccess, FailureClass::kNone);
  EXPECT_EQ(places.size(), 1u);
  EXPECT_EQ(state->asked, 1);
  EXPECT_EQ(record.result.artifact.pr_url, "https://git.example/pull/1");
  EXPECT_THAT(record.result.artifact.summary, HasSubstr("Branch agent/x is at commit aaaa"));
  ASSERT_FALSE(record.result.phases.empty());
  EXPECT_EQ(record.result.phases.back().phase, Phase::kPr);
  EXPECT_TRUE(Exists(record.evidence_directory / "publication.json"));
  // Asked again, the work is done.
  EXPECT_EQ(MustPublish().manifest_sha256, record.manifest_sha256);
  EXPECT_EQ(state->asked, 1);
}

TEST_F(LauncherPublishTest, WhatThePublisherRefusesIsNoSuccess) {
  Publication refused;
  refused.failure = FailureClass::kGuardrailViolation;
  refused.reason = "refused";
  refused.findings = {{"path-denied", "gitops/x", "what", "why", "where", {"step"}}};
  state->answer = refused;
  const TaskRecord record = MustPublish();
  ExpectClosed(record, Outcome::kFailure, FailureClass::kGuardrailViolation);
  EXPECT_EQ(record.result.findings, refused.findings);
}

TEST_F(LauncherPublishTest, APublisherWithoutAnAnswerIsAnError) {
  state->answer = Error{ErrorKind::kUnavailable, "publish with", "it", "it died", ""};
  const TaskRecord record = MustPublish();
  ExpectClosed(record, Outcome::kError, FailureClass::kPublishFailed);
  EXPECT_THAT(record.result.reason, HasSubstr("it died"));
}

TEST_F(LauncherPublishTest, OnlyASuccessIsPublished) {
  world->ends_with = FailureClass::kCommandFailed;
  ExpectClosed(MustPublish(), Outcome::kFailure, FailureClass::kCommandFailed);
  EXPECT_EQ(state->asked, 0);
}

TEST_F(LauncherPublishTest, ATaskThatAsksForNoPullRequestGetsNone) {
  spec.pull_request.reset();
  ExpectClosed(MustPublish(), Outcome::kSuccess, FailureClass::kNone);
  EXPECT_EQ(state->asked, 0);
}

TEST_F(LauncherPublishTest, WhatCannotBePublishedDoesNotStart) {
  state->check = Error{ErrorKind::kInvalid, "read secrets", "", "PUSH_TOKEN is missing", ""};
  auto record = Publishing()->Run(Context(), spec, profile, options);
  ASSERT_FALSE(record.ok());
  EXPECT_THAT(record.error().ToString(), HasSubstr("PUSH_TOKEN is missing"));
  record = NewLauncher()->Run(Context(), spec, profile, options);
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(world->Places().empty());
}

}  // namespace
}  // namespace ameide::task
