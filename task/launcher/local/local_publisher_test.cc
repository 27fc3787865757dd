// The local publisher around a stub program; the real one is tested in publish_program_test.cc.
#include "task/launcher/local/local_publisher.h"

#include <future>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/launcher/record_store.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

struct LocalPublisherTest : ::testing::Test {
  LocalPublisherTest() : log(Log::Silent(clock)) {
    request.contract = testing::SampleProfile().contract;
    request.contract.secrets = {{"PUSH_USERNAME", "push", "user", {Phase::kPr}},
                                {"PUSH_TOKEN", "push", "token", {Phase::kPr}}};
    request.spec = testing::SampleSpec("work-1", {"true"});
    request.spec.run_id = "run-1";
    request.spec.pull_request = PullRequest{"agent/x", "", "T", "", false};
    request.base_commit = std::string(40, 'a');
    request.work_bundle = dir.path() / "work.bundle";
    EXPECT_TRUE(MakeDirectories(dir.path() / "secrets/push").ok());
    EXPECT_TRUE(WriteFileAtomically(dir.path() / "secrets/push/user", "me\n").ok());
    EXPECT_TRUE(WriteFileAtomically(dir.path() / "secrets/push/token", "pw\n").ok());
  }
  // `script` has the answer's file as ${10} and the credential on descriptor 3.
  Result<Publication> Publish(const std::string& script) {
    auto publisher =
        MakeLocalPublisher({.program = {"/bin/sh", "-c", script, "publish"},
                            .root = dir.path() / "publish",
                            .secrets_dir = dir.path() / "secrets",
                            .environment = {{"PATH", "/usr/bin:/bin"}, {"NOTE", note.string()}}});
    return publisher->Publish({stop.get_token(), clock, log}, request);
  }

  ::ameide::testing::TempDir dir;
  SystemClock clock;
  Log log;
  std::stop_source stop;
  PublishRequest request;
  fs::path note = dir.path() / "note";
};

TEST_F(LocalPublisherTest, GivesTheCredentialThroughAPipeAndLeavesNoFolder) {
  const auto done = Publish(
      "cat <&3 > \"$NOTE\"; printf '%s' '{\"failure\": \"publish_failed\", \"reason\": \"no\", "
      "\"branch\": \"\", \"commit\": \"\", \"pr_url\": \"\", \"findings\": []}' > \"${10}\"");
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(done->reason, "no");
  EXPECT_EQ(ReadFile(note, 100).value(), "me\npw");
  EXPECT_TRUE(fs::is_empty(dir.path() / "publish"));
}

TEST_F(LocalPublisherTest, AProgramWithoutAGoodAnswerIsAnError) {
  const auto died = Publish("echo the cause >&2; exit 1");
  ASSERT_FALSE(died.ok());
  EXPECT_THAT(died.error().ToString(), HasSubstr("the cause"));
  EXPECT_FALSE(Publish("echo nonsense > \"${10}\"").ok());
  EXPECT_FALSE(Publish("echo '{\"failure\": \"\"}' > \"${10}\"").ok());
  EXPECT_TRUE(fs::is_empty(dir.path() / "publish"));
}

TEST_F(LocalPublisherTest, AStopAsksTheProgramToEnd) {
  auto done = std::async(std::launch::async, [&] {
    return Publish(
        "trap 'echo ended > \"$NOTE\"; exit 0' TERM; : > \"$NOTE\"; "
        "while :; do sleep 0.02; done");
  });
  // The bound only keeps a broken test from hanging.
  for (int i = 0; i < 4000 && !Exists(note); ++i) clock.WaitFor({}, Millis(5));
  stop.request_stop();
  EXPECT_FALSE(done.get().ok());
  EXPECT_EQ(ReadFile(note, 100).value(), "ended\n");
  EXPECT_TRUE(fs::is_empty(dir.path() / "publish"));
}

TEST_F(LocalPublisherTest, ItsOptionsReachTheProgram) {
  auto publisher = MakeLocalPublisher(
      {.program = {"/bin/sh", "-c", "shift 14; echo \"$*\" > \"$NOTE\"", "publish"},
       .how = {"--host", "gh", "--bot-name", "Build Robot"},
       .root = dir.path() / "publish",
       .secrets_dir = dir.path() / "secrets",
       .environment = {{"PATH", "/usr/bin:/bin"}, {"NOTE", note.string()}}});
  EXPECT_FALSE(publisher->Publish({stop.get_token(), clock, log}, request).ok());
  EXPECT_EQ(ReadFile(note, 100).value(), "--host gh --bot-name Build Robot\n");
}

TEST_F(LocalPublisherTest, SweepTakesWhatAKilledLauncherLeftAndNothingElse) {
  const fs::path root = dir.path() / "publish";
  const auto publisher = MakeLocalPublisher({.program = {"/bin/true"}, .root = root});
  EXPECT_EQ(publisher->Sweep().value(), std::vector<std::string>{}) << "no folder is no problem";
  ASSERT_TRUE(MakeDirectories(root / "run-live" / "work").ok());
  ASSERT_TRUE(MakeDirectories(root / "run-dead" / "work").ok());
  ASSERT_TRUE(WriteFileAtomically(root / "run-dead.lock", "").ok());
  auto lock = WorkLock::Try(root / "run-live.lock");
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(publisher->Sweep().value(), std::vector<std::string>{"publish/run-dead"});
  EXPECT_FALSE(Exists(root / "run-dead"));
  EXPECT_FALSE(Exists(root / "run-dead.lock"));
  EXPECT_TRUE(Exists(root / "run-live" / "work"));
}

}  // namespace
}  // namespace ameide::task
