// A real origin repository, a workspace and a run: what the agent's tests share.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/agent/agent.h"
#include "task/contract/run_log.h"
#include "task/evidence/bundle.h"

namespace ameide::task::testing {

// The environment of these tests' own processes: a plain PATH and a home of its own.
std::map<std::string, std::string> PlainEnvironment(const fs::path& home);

// Runs `script` with sh in `directory` and returns its stdout without the last newline; a failing
// script fails the test.
std::string Shell(const fs::path& directory, const std::string& script);

// `origin/` is a repository with two commits on main (a.txt, docs/readme.md, sub/tool.sh), a branch
// `feature`, a tag `v1` on the first commit. Its path has spaces in it.
class TaskFixture : public ::testing::Test {
 protected:
  TaskFixture();

  // Runs `script` as the task's command.
  int RunScript(const std::string& script, std::stop_token stop = {});
  int Run(std::stop_token stop = {});
  // The bundle of the last run, verified; an empty one fails the test.
  const VerifiedBundle& Bundle();
  const TaskResult& Outcome() { return Bundle().result; }
  std::string FileInBundle(const std::string& path);
  bool InBundle(const std::string& path);
  // The bytes of one stream of run.log, joined again; a line of another form fails the test.
  std::string LogOf(LogStream stream);
  std::vector<std::string> RulesFound();

  ameide::testing::TempDir temp_;
  fs::path origin_;
  AgentOptions options_;
  TaskSpec spec_;
  ProfileContract profile_;
  SystemClock clock_;
  std::optional<VerifiedBundle> bundle_;
};

}  // namespace ameide::task::testing
