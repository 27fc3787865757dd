// What every backend promises to the lifecycle, as one parameterised suite:
//
//   INSTANTIATE_TEST_SUITE_P(Local, BackendContract, ::testing::Values(BackendUnderTest{...}));
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/launcher/backend.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task::testing {

// Where the workspaces of one test live.
class BackendWorld {
 public:
  virtual ~BackendWorld() = default;
  // As a launcher has it that begins now: what others have left is there.
  virtual std::unique_ptr<Backend> NewBackend() = 0;
  // What else such a backend needs of a request.
  virtual void Adjust(WorkspaceRequest*) {}
  // Lets the time of shortest_ttl pass for the one run that goes on, where that can be hurried.
  virtual void PassTtl() {}
};

struct BackendUnderTest {
  std::string name;
  // A world below `folder` or in this process.
  std::function<std::unique_ptr<BackendWorld>(const fs::path& folder)> make;
  // A command that ends by itself with success, one that runs until it is cancelled, and one whose
  // evidence has a link to /etc/passwd in it.
  std::vector<std::string> succeeding;
  std::vector<std::string> waiting;
  std::vector<std::string> linking;
  Millis shortest_ttl;
  // What has to be set for it to be tested here; then its tests are skipped and say so.
  std::string missing = {};
};

inline void PrintTo(const BackendUnderTest& backend, std::ostream* out) { *out << backend.name; }

class BackendContract : public ::testing::TestWithParam<BackendUnderTest> {
 protected:
  BackendContract() : log(Log::Silent(clock)) {
    if (!GetParam().missing.empty()) return;
    world = GetParam().make(dir.path() / "root");
    backend = world->NewBackend();
  }
  void SetUp() override {
    if (!GetParam().missing.empty()) GTEST_SKIP() << GetParam().missing;
  }

  const std::string run_id = UniqueRunId();

  LaunchContext Context(std::stop_token stop = {}) { return {std::move(stop), clock, log}; }
  WorkspaceRequest Request(const std::string& work_id, std::vector<std::string> command) {
    TaskSpec spec = SampleSpec(work_id, std::move(command));
    spec.run_id = StrCat(run_id, "-", work_id);
    spec.ttl = Millis(600'000);
    WorkspaceRequest request{spec, SampleProfile(),
                             dir.path() / "evidence" / work_id / spec.run_id};
    world->Adjust(&request);
    return request;
  }
  Workspace MustCreate(const std::string& work_id, std::vector<std::string> command,
                       Millis ttl = Millis(600'000)) {
    WorkspaceRequest request = Request(work_id, std::move(command));
    request.spec.ttl = ttl;
    auto made = backend->Create(Context(), request);
    EXPECT_TRUE(made.ok()) << made.error().ToString();
    return made.ok() ? *made : Workspace{};
  }
  // Without what only Find and List say.
  static Workspace Recorded(Workspace workspace) {
    EXPECT_EQ(workspace.made_by_other, "");
    workspace.over_at.reset();
    return workspace;
  }
  std::vector<Workspace> Listed() {
    std::vector<Workspace> all;
    const auto listed = backend->List(Context());
    for (const Workspace& each : listed.value()) all.push_back(Recorded(each));
    return all;
  }
  static void ExpectOk(const Status& status) {
    EXPECT_TRUE(status.ok()) << status.error().ToString();
  }
  void ExpectGone(const Workspace& workspace) {
    ExpectOk(backend->Destroy(Context(), workspace));
    ExpectOk(backend->ProveGone(Context(), workspace));
  }

  ::ameide::testing::TempDir dir;
  SystemClock clock;
  Log log;
  std::unique_ptr<BackendWorld> world;
  std::unique_ptr<Backend> backend;
};

TEST_P(BackendContract, CheckTakesWhatCreateTakesAndMakesNothing) {
  const WorkspaceRequest request = Request("w0", GetParam().succeeding);
  ExpectOk(backend->Check(Context(), request.spec, request.profile.contract));
  EXPECT_TRUE(backend->List(Context())->empty());
  EXPECT_FALSE(*backend->Find(Context(), "w0"));
}

TEST_P(BackendContract, AWorkspaceIsFoundListedAndGone) {
  const Workspace made = MustCreate("w1", GetParam().succeeding);
  EXPECT_EQ(made.name, WorkspaceName("w1"));
  EXPECT_EQ(made.work_id, "w1");
  EXPECT_EQ(made.run_id, StrCat(run_id, "-w1"));
  const auto found = backend->Find(Context(), "w1");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ(Recorded(**found), made);
  EXPECT_EQ(Listed(), std::vector<Workspace>{made});
  EXPECT_FALSE(backend->ProveGone(Context(), made).ok());
  ExpectGone(made);
  EXPECT_FALSE(*backend->Find(Context(), "w1"));
  EXPECT_TRUE(backend->List(Context())->empty());
}

TEST_P(BackendContract, EvidenceOfAnEndedRunVerifies) {
  const Workspace made = MustCreate("w2", GetParam().succeeding);
  ExpectOk(backend->AwaitEnd(Context(), made));
  ExpectOk(backend->AwaitEnd(Context(), made));  // still so for whoever asks again
  ExpectOk(backend->Collect(Context(), made, dir.path() / "copy"));
  const auto bundle = VerifyBundle(dir.path() / "copy");
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
  EXPECT_EQ(bundle->result.run_id, StrCat(run_id, "-w2"));
  EXPECT_EQ(bundle->result.outcome, Outcome::kSuccess);
  ExpectGone(made);
}

TEST_P(BackendContract, ASecondCreateIsAConflictAndHarmsNothing) {
  const Workspace made = MustCreate("w3", GetParam().succeeding);
  const auto again = backend->Create(Context(), Request("w3", GetParam().succeeding));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind, ErrorKind::kConflict);
  ExpectOk(backend->AwaitEnd(Context(), made));
  ExpectGone(made);
}

TEST_P(BackendContract, StopEndsTheWaitAndNotTheRun) {
  const Workspace made = MustCreate("w4", GetParam().waiting);
  std::stop_source stop;
  stop.request_stop();
  const Status waited = backend->AwaitEnd(Context(stop.get_token()), made);
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().kind, ErrorKind::kCancelled);
  EXPECT_TRUE(*backend->Find(Context(), "w4"));
  ExpectGone(made);
}

TEST_P(BackendContract, CancelEndsTheRunWithItsEvidence) {
  const Workspace made = MustCreate("w5", GetParam().waiting);
  ExpectOk(backend->Cancel(Context(), made));
  (void)backend->AwaitEnd(Context(), made);
  const Status collected = backend->Collect(Context(), made, dir.path() / "copy");
  if (collected.ok()) {  // a run that had not begun when it was cancelled may leave none
    EXPECT_EQ(VerifyBundle(dir.path() / "copy")->result.outcome, Outcome::kCancellation);
  } else {
    EXPECT_EQ(collected.error().kind, ErrorKind::kNotFound);
  }
  ExpectOk(backend->Cancel(Context(), made));  // too late is no error
  ExpectGone(made);
}

TEST_P(BackendContract, DestroyIsIdempotentAndWorksOnARunningTask) {
  const Workspace made = MustCreate("w6", GetParam().waiting);
  ExpectGone(made);
  ExpectGone(made);
  const Status lost = backend->AwaitEnd(Context(), made);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(backend->Collect(Context(), made, dir.path() / "copy").error().kind,
            ErrorKind::kNotFound);
}

TEST_P(BackendContract, WhatIsStoppedBeforeItIsMadeLeavesNothing) {
  std::stop_source stop;
  stop.request_stop();
  const auto made =
      backend->Create(Context(stop.get_token()), Request("w7", GetParam().succeeding));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::kCancelled);
  EXPECT_TRUE(backend->List(Context())->empty());
}

TEST_P(BackendContract, ARetainedWorkspaceStaysWithoutItsLauncher) {
  const Workspace made = MustCreate("w8", GetParam().succeeding);
  ExpectOk(backend->AwaitEnd(Context(), made));
  ExpectOk(backend->Retain(Context(), made));
  backend = world->NewBackend();
  EXPECT_EQ(Listed(), std::vector<Workspace>{made});
  ExpectOk(backend->AwaitEnd(Context(), made));
  ExpectOk(backend->Collect(Context(), made, dir.path() / "copy"));
  EXPECT_TRUE(VerifyBundle(dir.path() / "copy").ok());
  ExpectGone(made);
}

TEST_P(BackendContract, WorkspacesDoNotDisturbEachOther) {
  const Workspace one = MustCreate("w9", GetParam().waiting);
  const Workspace two = MustCreate("w10", GetParam().succeeding);
  EXPECT_EQ(backend->List(Context())->size(), 2u);
  ExpectOk(backend->AwaitEnd(Context(), two));
  ExpectGone(two);
  EXPECT_EQ(Listed(), std::vector<Workspace>{one});
  EXPECT_FALSE(backend->ProveGone(Context(), one).ok());
  ExpectGone(one);
}

TEST_P(BackendContract, TheHardTtlEndsARunThatGoesOn) {
  const Workspace made = MustCreate("w11", GetParam().waiting, GetParam().shortest_ttl);
  world->PassTtl();
  const Status ended = backend->AwaitEnd(Context(), made);
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().kind, ErrorKind::kTimeout) << ended.error().ToString();
  ExpectGone(made);
}

TEST_P(BackendContract, ALinkInTheEvidenceBringsNothingFromOutside) {
  const Workspace made = MustCreate("w12", GetParam().linking);
  ExpectOk(backend->AwaitEnd(Context(), made));
  const fs::path copy = dir.path() / "copy";
  const bool good = backend->Collect(Context(), made, copy).ok() && VerifyBundle(copy).ok();
  ASSERT_TRUE(MakeDirectories(copy).ok());  // there may be none
  for (const auto& entry : fs::recursive_directory_iterator(copy)) {
    if (entry.is_symlink()) {
      EXPECT_FALSE(good) << entry.path();
    } else if (entry.is_regular_file()) {
      EXPECT_EQ(ReadFile(entry.path(), 64u << 20).value().find("root:x:0:"), std::string::npos)
          << entry.path();
    }
  }
  ExpectGone(made);
}

}  // namespace ameide::task::testing
