// A remote behind HTTP, a workspace whose work is to be published, and the publisher as a process.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/contract/profile.h"
#include "task/contract/publication.h"
#include "task/contract/task_spec.h"
#include "task/evidence/takeover.h"
#include "task/publish/publish.h"
#include "task/publish/testing/git_http_server.h"

namespace ameide::task::testing {

inline const char kPublisher[] = AMEIDE_BUILD_DIR "/bin/ameide_publish_test_helper";

class PublishFixture : public ::testing::Test {
 protected:
  PublishFixture();

  // Runs `script` with sh in `directory`, which may use $BASE; a failing script fails the test.
  std::string Shell(const fs::path& directory, const std::string& script) const;
  // Commits whatever `script` does to the workspace's checkout as the work.
  void Work(const std::string& script);
  // Makes the bundle of it: what I2's agent program leaves.
  void Bundle();
  // Runs the publisher; its answer. `credential` goes through a pipe.
  Publication Publish(const std::vector<std::string>& more = {});
  // `git bundle create` and Publish.
  Publication BundleAndPublish();
  std::string RemoteRefs() const { return Shell(remote_, "git for-each-ref"); }
  void ExpectNothingPushed() const;

  ameide::testing::TempDir temp_;
  ameide::SystemClock clock_;
  const std::string password_ = StrCat("pw-", RandomHex(16));  // made here, worth nothing
  fs::path remote_;
  fs::path checkout_;
  fs::path bundle_;
  fs::path canary_;  // exists when something of the workspace ran
  std::string base_;
  std::string refs_before_;
  TaskSpec spec_;
  ProfileContract profile_;
  std::map<std::string, std::string> environment_;  // the publisher's
  std::string last_words_;                          // its stderr
  GitHttpServer server_;
};

}  // namespace ameide::task::testing
