// Ends that a run must survive, or that must at least leave the truth behind. Real processes, real
// limits.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/processes.h"
#include "gmock/gmock.h"
#include "task/agent/examine.h"
#include "task/agent/install.h"
#include "task/agent/testing/agent_program.h"
#include "task/contract/manifest.h"

namespace ameide::task {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::Shell;

class HardEnding : public testing::AgentProgram {
 protected:
  // Runs the program as `prefix`, with what follows as its "$@".
  CommandResult CallIn(std::vector<std::string> prefix) {
    SpawnOptions program = Program(Arguments("run"));
    program.argv.insert(program.argv.begin(), prefix.begin(), prefix.end());
    const Result<CommandResult> result = RunCommand(program, {}, clock_);
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().ToString());
    return result.ok() ? *result : CommandResult{};
  }
  static size_t LivingOf(uid_t user) {
    size_t living = 0;
    for (const Process& process : AllProcesses()) {
      struct stat info {};
      if (::stat(StrCat("/proc/", process.id.pid).c_str(), &info) != 0) continue;
      if (info.st_uid == user && process.Living()) ++living;
    }
    return living;
  }
};

// What a kill -9 (an OOM kill, for example) leaves is no evidence bundle, and says so: the log so
// far, the phase that began, no manifest. Nobody can take the workspace for a fresh one, either.
TEST_F(HardEnding, AKilledAgentLeavesAnUnfinishedBundleAndAUsedWorkspace) {
  const fs::path fifo = temp_.path() / "sign";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  spec_.command = {"sh", "-c",
                   "echo before; until grep -q '^[^ ]* stdout F before' \"$LOG\"; do :; done; echo "
                   "$$ > \"$SIGN\"; "
                   "exec sleep 1000"};
  spec_.environment = {{"SIGN", fifo.string()}, {"LOG", (options_.evidence / "run.log").string()}};
  WriteInputs();
  Result<Subprocess> agent = Subprocess::Spawn(Program(Arguments("run")));
  ASSERT_TRUE(agent.ok());
  char pid[32] = {};
  const UniqueFd sign(::open(fifo.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_GT(::read(sign.get(), pid, sizeof pid - 1), 0);
  agent->Signal(SIGKILL);
  EXPECT_EQ(agent->Wait().signal, SIGKILL);
  // Whoever owns the workspace ends the rest: here that is us.
  const std::optional<ProcessId> command = IdentifyProcess(std::stoi(pid));
  ASSERT_TRUE(command.has_value());
  EXPECT_TRUE(SignalProcess(*command, SIGKILL));

  EXPECT_EQ(LogOf(LogStream::kStdout), "before\n");
  EXPECT_THAT(FileInBundle(kFactsFile), HasSubstr("\"phase\":\"edit\""));
  EXPECT_FALSE(InBundle(kManifestFile));
  const Result<VerifiedBundle> bundle = VerifyBundle(options_.evidence);
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Call(Arguments("run")).status.code, kExitRefused);
  EXPECT_EQ(LogOf(LogStream::kStdout), "before\n");
}

// A user of its own, because a limit counts all processes of a user, and root ignores it.
TEST_F(HardEnding, AForkBombIsEndedAndReported) {
  if (::getuid() != 0) GTEST_SKIP() << "only root can become a fresh user: setpriv(1)";
  const auto user = static_cast<uid_t>(100'000 + ::getpid());
  spec_.command = {"sh", "-c",
                   "b() { setsid sleep 1000 & b & b & wait; }; b & echo started; sleep 1000"};
  spec_.timeouts.edit = Millis(3000);
  WriteInputs();
  const fs::path bin = temp_.path() / "bin";
  ASSERT_TRUE(InstallProgram(StrCat(AMEIDE_BUILD_DIR, "/bin/ameide-agent"), {bin.string()}).ok());
  Shell(temp_.path(), StrCat("chown -R ", user, ":", user, " ."));
  SpawnOptions program = Program(Arguments("run"));
  program.argv[0] = (bin / kAgentProgram).string();
  const std::vector<std::string> as = {"setpriv",
                                       StrCat("--reuid=", user),
                                       StrCat("--regid=", user),
                                       "--clear-groups",
                                       "prlimit",
                                       "--nproc=80",
                                       "--"};
  program.argv.insert(program.argv.begin(), as.begin(), as.end());
  const Result<CommandResult> result = RunCommand(program, {}, clock_);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->status.code, kExitTimedOut) << result->err;
  EXPECT_EQ(Outcome().failure, FailureClass::kTimedOut);
  EXPECT_THAT(LogOf(LogStream::kStderr), HasSubstr("fork")) << "the limit was reached";
  EXPECT_THAT(LogOf(LogStream::kAgent), HasSubstr("more: out of time"));
  EXPECT_EQ(LivingOf(user), 0u);
}

// The workspace and its evidence on one small volume, as in a pod, filled to the last byte.
TEST_F(HardEnding, AFullDiskIsToldByTheEvidence) {
  const SystemClock clock;
  const Result<CommandResult> allowed = RunCommand(
      {.argv = {"unshare", "-Urm", "true"}, .environment = options_.environment}, {}, clock);
  if (!allowed.ok() || !allowed->status.Success()) {
    GTEST_SKIP() << "this machine allows no private file system: unshare -Urm";
  }
  const fs::path volume = temp_.path() / "volume";
  const fs::path kept = options_.evidence;
  ASSERT_TRUE(MakeDirectories(volume).ok());
  options_.workspace = volume / "code";
  options_.evidence = volume / "code" / "evidence";
  spec_.command = {
      "sh", "-c",
      "head -c 100000000 /dev/zero > ../filler; yes | head -c 1000000; echo x > a.txt; "
      "exit 6"};
  WriteInputs();
  options_.environment["KEPT"] = kept.string();
  const CommandResult result =
      CallIn({"unshare", "-Urm", "sh", "-c",
              "mount -t tmpfs -o size=16m none \"$0\" || exit 99; \"$@\"; code=$?; "
              "cp -r \"$0/code/evidence\" \"$KEPT\"; exit $code",
              volume.string()});
  options_.evidence = kept;
  EXPECT_EQ(result.status.code, 6) << result.err;
  EXPECT_EQ(Outcome().failure, FailureClass::kCommandFailed) << Outcome().reason;
  EXPECT_THAT(Bundle().manifest.omissions, Contains(Field(&Omission::path, kRunLogFile)));
  EXPECT_THAT(LogOf(LogStream::kStderr), HasSubstr("No space left on device"));
}

TEST_F(HardEnding, MoreChangedFilesThanAreListedAreAllCounted) {
  const size_t made = kMaxChangedFiles + 2000;
  spec_.command = {"sh", "-c", StrCat("mkdir many; cd many; seq ", made, " | xargs touch")};
  WriteInputs();
  EXPECT_EQ(Call(Arguments("run")).status.code, 0);
  EXPECT_EQ(Outcome().artifact.changed_files.size(), kMaxChangedFiles);
  EXPECT_THAT(Outcome().artifact.risks, Contains(HasSubstr(StrCat(made, " files changed"))));
}

// Twice forked, in a session of its own, with both our pipes in its hands.
TEST_F(HardEnding, ADaemonThatKeepsThePipesOpenDelaysNothing) {
  spec_.command = {
      "sh", "-c",
      "(setsid sh -c 'trap \"\" TERM HUP; echo up > \"$SIGN\"; while :; do sleep 1000; "
      "done' &); read -r up < \"$SIGN\"; echo $up"};
  const fs::path fifo = temp_.path() / "sign";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  spec_.environment = {{"SIGN", fifo.string()}};
  WriteInputs();
  EXPECT_EQ(Call(Arguments("run")).status.code, 0);
  EXPECT_EQ(LogOf(LogStream::kStdout), "up\n");
  EXPECT_THAT(LogOf(LogStream::kAgent), HasSubstr("killing what ignored the signal to end"));
  EXPECT_EQ(Outcome().artifact.risks.size(), 0u);
}

// A GiB stands for any size: what is held does not grow with it.
TEST_F(HardEnding, ABigLogTakesConstantMemory) {
  options_.environment["ASAN_OPTIONS"] = "quarantine_size_mb=4";
  spec_.command = {"sh", "-c",
                   "head -c 1073741824 /dev/zero; "
                   "grep VmHWM /proc/$PPID/status > \"$AMEIDE_EVIDENCE_DIR/peak\""};
  WriteInputs();
  std::vector<std::string> arguments = Arguments("run");
  arguments.insert(arguments.end(), {"--echo-limit", "524288"});
  const CommandResult result = Call(arguments);
  EXPECT_EQ(result.status.code, 0);
  EXPECT_LE(result.out.size(), 524'288u);
  EXPECT_GT(fs::file_size(options_.evidence / kRunLogFile), 1073741824u);
  const std::string line = FileInBundle("files/peak");
  const size_t digit = line.find_first_of("123456789");
  ASSERT_NE(digit, std::string::npos) << line;
  EXPECT_LT(std::stol(line.substr(digit)), 160 * 1024) << line;  // KiB; sanitizers need most of it
}

}  // namespace
}  // namespace ameide::task
