#include "acceptance/test_repository.h"

#include <stdexcept>

#include "base/clock.h"
#include "base/environment.h"
#include "base/subprocess.h"

namespace ameide::acceptance {

TestRepository::TestRepository(fs::path folder) : path_(std::move(folder)) {
  MakeDirectories(path_).value();
  Git({"init", "-q", "-b", "main"});
  Commit("services/app.txt", "one\n");
  Commit("gitops/values.yaml", "replicas: 1\n");
}

void TestRepository::Git(const std::vector<std::string>& arguments) {
  SpawnOptions options{.argv = {"git"},
                       .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                       {"GIT_CONFIG_GLOBAL", "/dev/null"},
                                       {"GIT_CONFIG_NOSYSTEM", "1"},
                                       {"GIT_AUTHOR_NAME", "Test"},
                                       {"GIT_AUTHOR_EMAIL", "test@example.invalid"},
                                       {"GIT_COMMITTER_NAME", "Test"},
                                       {"GIT_COMMITTER_EMAIL", "test@example.invalid"}},
                       .directory = path_};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  const Result<CommandResult> result = RunCommand(options, {}, SystemClock());
  if (!result.ok() || !result->status.Success()) {
    throw std::runtime_error(result.ok() ? result->err : result.error().ToString());
  }
}

void TestRepository::Commit(const std::string& file, const std::string& content) {
  MakeDirectories((path_ / file).parent_path()).value();
  WriteFileAtomically(path_ / file, content, 0644).value();
  Git({"add", "-A"});
  Git({"commit", "-q", "-m", "change " + file});
}

}  // namespace ameide::acceptance
