// What every backend promises to the lifecycle, as one parameterised suite:
//
//   INSTANTIATE_TEST_SUITE_P(Local, BackendContract, ::testing::Values(BackendUnderTest{...}));
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/launcher/backend.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task::testing {

struct BackendUnderTest {
  std::string name;
  // A backend whose workspaces live below `folder` or in this process.
  std::function<std::unique_ptr<Backend>(const fs::path& folder)> make;
  // A command that ends by itself with success, and one that runs until it is cancelled.
  std::vector<std::string> succeeding;
  std::vector<std::string> waiting;
  // What else such a backend needs of a request; may be empty.
  std::function<void(WorkspaceRequest*)> adjust = {};
  // What has to be set for it to be tested here; then its tests are skipped and say so.
  std::string missing = {};
};

class BackendContract : public ::testing::TestWithParam<BackendUnderTest> {
 protected:
  BackendContract() : log(Log::Silent(clock)) {
    if (GetParam().missing.empty()) backend = GetParam().make(dir.path() / "root");
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
    if (GetParam().adjust) GetParam().adjust(&request);
    return request;
  }
  Workspace MustCreate(const std::string& work_id, std::vector<std::string> command) {
    auto made = backend->Create(Context(), Request(work_id, std::move(command)));
    EXPECT_TRUE(made.ok()) << made.error().ToString();
    return made.ok() ? *made : Workspace{};
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
  std::unique_ptr<Backend> backend;
};

TEST_P(BackendContract, AWorkspaceIsFoundListedAndGone) {
  const Workspace made = MustCreate("w1", GetParam().succeeding);
  EXPECT_EQ(made.name, WorkspaceName("w1"));
  EXPECT_EQ(made.work_id, "w1");
  EXPECT_EQ(made.run_id, StrCat(run_id, "-w1"));
  const auto found = backend->Find(Context(), "w1");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ(**found, made);
  EXPECT_EQ(*backend->List(Context()), std::vector<Workspace>{made});
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

TEST_P(BackendContract, ARetainedWorkspaceStays) {
  const Workspace made = MustCreate("w8", GetParam().succeeding);
  ExpectOk(backend->AwaitEnd(Context(), made));
  ExpectOk(backend->Retain(Context(), made));
  EXPECT_TRUE(*backend->Find(Context(), "w8"));
  ExpectGone(made);
}

}  // namespace ameide::task::testing
