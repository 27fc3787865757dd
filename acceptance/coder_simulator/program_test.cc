// The program as users start it: what it prints, what it refuses, and what is left of one that was
// killed.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "acceptance/coder_simulator/testing/simulated.h"
#include "acceptance/coder_simulator/workspace_processes.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {
namespace {

using ::testing::HasSubstr;

const SystemClock kClock;

std::string Program() {
  return (fs::path(AMEIDE_BUILD_DIR) / "bin/ameide-coder-simulator").string();
}

// One that runs until it is killed or the object goes.
class Started {
 public:
  explicit Started(std::vector<std::string> arguments) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    output_.Reset(ends[0]);
    const UniqueFd write(ends[1]);
    arguments.insert(arguments.begin(), Program());
    child_ = Subprocess::Spawn({.argv = std::move(arguments),
                                .environment = ProcessEnvironment(),
                                .stdout_fd = write.get(),
                                .stderr_fd = STDERR_FILENO})
                 .value();
    origin_ = Value("CODER_URL=");
    token_ = Value("CODER_SESSION_TOKEN=");
  }
  ~Started() { End(SIGTERM); }
  void End(int signal) {
    if (child_) child_->Signal(signal);
    if (child_) child_->Wait();
    child_.reset();
  }
  const std::string& origin() const { return origin_; }
  const std::string& token() const { return token_; }

 private:
  // The rest of the next line, which begins so.
  std::string Value(std::string_view name) {
    std::string line;
    for (char c = 0; ::read(output_.get(), &c, 1) == 1 && c != '\n';) line += c;
    EXPECT_TRUE(line.starts_with(name)) << line;
    return line.substr(std::min(line.size(), name.size()));
  }

  UniqueFd output_;
  std::optional<Subprocess> child_;
  std::string origin_, token_;
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    fs::permissions(folder_.path(), fs::perms::others_exec, fs::perm_options::add);
    for (const char* secret : {"gh-auth", "gh-push"}) {
      MakeDirectories(secrets() / secret).value();
      WriteFileAtomically(secrets() / secret / "token", "fake").value();
    }
  }
  fs::path secrets() const { return folder_.path() / "secrets"; }
  fs::path state() const { return folder_.path() / "state"; }
  std::vector<std::string> Arguments() const {
    return {"--state", state().string(), "--secrets", secrets().string()};
  }
  // A workspace whose task has left a process behind in a session of its own, somewhere else.
  // Returns its id.
  std::string StartWorkspace(Visitor& visitor) {
    const std::string id = visitor.Create(
        "t-1", "(cd / && exec setsid sleep 600 >/dev/null 2>&1 </dev/null) & exit 0");
    visitor.UntilEnded(id);
    return id;
  }
  // What it says when it ends at once.
  std::string Refusal(const std::vector<std::string>& more) {
    std::vector<std::string> argv = {Program(), "--state", (folder_.path() / "other").string()};
    argv.insert(argv.end(), more.begin(), more.end());
    const auto ended = RunCommand({.argv = argv, .environment = ProcessEnvironment()}, {}, kClock);
    EXPECT_EQ(ended->status.code, 2) << ended->out;
    return ended->err;
  }

  ameide::testing::TempDir folder_;
};

TEST_F(ProgramTest, AKilledOneLeavesNothingToTheNext) {
  std::string id;
  const auto left = [&] { return ProcessesOf(id, state() / "workspaces" / id).size(); };
  {
    Started killed(Arguments());
    Visitor visitor(killed.origin(), killed.token());
    id = StartWorkspace(visitor);
    killed.End(SIGKILL);
  }
  EXPECT_GE(left(), 2u) << "the task's, and the publisher";
  EXPECT_TRUE(Exists(state() / "workspaces" / id));

  Started next(Arguments());
  EXPECT_EQ(left(), 0u);
  EXPECT_FALSE(Exists(state() / "workspaces" / id));
  Visitor visitor(next.origin(), next.token());
  EXPECT_EQ(visitor.Get("/workspaces").Text("count"), "0");
  id = StartWorkspace(visitor);
  next.End(SIGTERM);
  EXPECT_EQ(left(), 0u);
  EXPECT_FALSE(Exists(state() / "workspaces"));
}

TEST_F(ProgramTest, OneThatRunsIsLeftAlone) {
  Started first(Arguments());
  Visitor visitor(first.origin(), first.token());
  const std::string id = StartWorkspace(visitor);
  EXPECT_THAT(Refusal(Arguments()), HasSubstr("another simulator works there"));
  EXPECT_GE(ProcessesOf(id, state() / "workspaces" / id).size(), 2u);
  EXPECT_EQ(visitor.Get("/workspaces/" + id).status, 200);
}

TEST_F(ProgramTest, AFolderOfAnotherKindIsLeftAlone) {
  MakeDirectories(state() / "workspaces/mine").value();
  EXPECT_THAT(Refusal(Arguments()), HasSubstr("what is in it is not a simulator's"));
  EXPECT_TRUE(Exists(state() / "workspaces/mine"));
}

TEST_F(ProgramTest, WhatImportJobsCannotUseIsRefused) {
  const std::string folder = folder_.path().string();
  EXPECT_THAT(Refusal({"--terraform", folder}), HasSubstr("it is no program"));
  EXPECT_THAT(Refusal({"--provider-mirror", folder}), HasSubstr("needs a terraform"));
  EXPECT_THAT(Refusal({"--terraform", "/bin/true", "--provider-mirror", folder + "/none"}),
              HasSubstr("it is no folder"));
}

TEST_F(ProgramTest, WhatWorkspacesCannotUseIsRefused) {
  const std::string folder = folder_.path().string();
  EXPECT_THAT(Refusal({"--agent-program", folder}), HasSubstr("it is no program"));
  EXPECT_THAT(Refusal({"--agent-program", folder + "/none"}), HasSubstr("it is no program"));
  EXPECT_THAT(Refusal({"--secrets", folder + "/none"}), HasSubstr("it is no folder"));
  EXPECT_THAT(Refusal({"--user", "a/b"}), HasSubstr("no user of such a name"));
}

TEST_F(ProgramTest, OptionsItDoesNotKnowAreRefused) {
  EXPECT_THAT(Refusal({"--fly", "high"}), HasSubstr("unknown option --fly"));
  EXPECT_THAT(Refusal({"--port"}), HasSubstr("lacks its value"));
  EXPECT_THAT(Refusal({"--port", "70000"}), HasSubstr("'70000' is no port"));
  EXPECT_THAT(Refusal({"--fault", "none"}), HasSubstr("there is no such knob"));
}

}  // namespace
}  // namespace ameide::simulator::testing
