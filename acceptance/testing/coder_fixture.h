// The Coder backend against the simulated Coder server, with a template that our generator rendered
// and workspaces that really run the agent program on a repository of a Git server on loopback.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/testing/simulated.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/contract/profile.h"
#include "task/launcher/coder/coder_parts.h"
#include "task/launcher/launcher.h"
#include "task/publish/testing/git_http_server.h"

namespace ameide::acceptance {

// A built-in profile for any repository, with images as after a release.
task::Profile AnyRepositoryProfile(const std::string& name);
// The code profile for any repository, with no secret but the push credential.
task::Profile CoderProfile();

class CoderWorld {
 public:
  // A template for each profile is pushed, and the cluster has every secret that they name.
  explicit CoderWorld(simulator::Options options = {},
                      std::vector<task::Profile> profiles = {CoderProfile()});

  simulator::Simulator& server() { return simulated_.server(); }
  simulator::testing::Simulated& simulated() { return simulated_; }
  const task::Profile& profile() const { return profiles_.front(); }
  const fs::path& state() const { return state_; }
  task::testing::GitHttpServer& git() { return git_; }
  std::string RepositoryUrl() const { return git_.Url("repo.git"); }
  // The bare repository behind it.
  fs::path remote() const { return dir_.path() / "remotes/repo.git"; }

  task::CoderParts Parts(bool allow_orphan_delete = false);
  // `clock` must outlive the parts; null: the system's.
  task::CoderParts Parts(const task::CoderSettings& settings, const Clock* clock = nullptr);
  // As the launcher would make it: authorized, with a run id.
  task::TaskSpec Spec(const std::string& work_id, std::vector<std::string> command) const;
  // What is wrong with how the server was left and used: a workspace of its user that is there or
  // was not deleted by exactly one delete build, a folder of one, a call that needs a licence or
  // that no client may make, the token in an address. Empty: nothing.
  std::vector<std::string> Complaints(int delete_builds = 1);
  // Of a spec that is not authorized yet.
  task::TaskSpec Wanted(const std::string& work_id, std::vector<std::string> command) const;

 private:
  ameide::testing::TempDir dir_;
  fs::path state_ = dir_.path() / "state";
  std::vector<task::Profile> profiles_;
  simulator::testing::Simulated simulated_;
  task::testing::GitHttpServer git_;
  SystemClock clock_;
};

}  // namespace ameide::acceptance
