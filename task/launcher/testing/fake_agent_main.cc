// A program for the launcher's tests. Its first argument is a verb:
//
//   supervise FOLDER        the real supervisor
//   launch STATE WORK_ID MODE NOTE   a launcher in a process of its own, to be killed
//   agent task run KIND --spec F … --evidence DIR
//                           a fake agent program; spec.command is {MODE, NOTE, …}
//
// Modes of the fake agent. NOTE is a file that appears once the run is under way; it holds the pids
// of the run's processes.
//   succeed   a good bundle          fail      a good bundle of a failed command
//   link      a good bundle, but its run.log is a link to /etc/passwd
//   silent    exits without a bundle daemon    succeeds and leaves a process of its own session
//   wait      runs until SIGTERM, then leaves a bundle of a cancelled run
//   stubborn  a tree of processes that ignore SIGTERM, with a run.log and no bundle
#include <signal.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "task/contract/run_log.h"
#include "task/launcher/launcher.h"
#include "task/launcher/local/local_backend.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task::testing {
namespace {

using Arguments = std::vector<std::string>;

std::string OptionOf(const Arguments& arguments, const std::string& name) {
  for (size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == name) return arguments[i + 1];
  }
  return "";
}

void Note(const TaskSpec& spec, const std::vector<pid_t>& pids) {
  if (spec.command.size() < 2) return;
  std::vector<std::string> words;
  for (const pid_t pid : pids) words.push_back(std::to_string(pid));
  (void)WriteFileAtomically(spec.command[1], StrJoin(words, "\n"));
}

pid_t StartShell(const std::string& script, const fs::path& directory) {
  // With an empty environment and another session: only its parentage says whose it is.
  SpawnOptions options;
  options.argv = {"/bin/sh", "-c", script};
  options.directory = directory;
  options.new_session = true;
  auto child = Subprocess::Spawn(options);
  return child.ok() ? child->pid() : -1;
}

int Finish(const TaskSpec& spec, const fs::path& evidence, FailureClass failure) {
  const SystemClock clock;
  const Status written =
      WriteSampleBundle(evidence, SampleResult(spec, failure, clock.Now()), "fake agent\n");
  return written.ok() ? AgentExitCode(failure, 3) : kExitInternal;
}

int Wait(const TaskSpec& spec, const fs::path& evidence) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  Note(spec, {::getpid()});
  int got = 0;
  sigwait(&signals, &got);
  return Finish(spec, evidence, FailureClass::kCancelled);
}

int Stubborn(const TaskSpec& spec, const fs::path& evidence) {
  ::signal(SIGTERM, SIG_IGN);
  (void)MakeDirectories(evidence);
  const SystemClock clock;
  (void)WriteFileAtomically(evidence / kRunLogFile,
                            EncodeLog(clock.Now(), LogStream::kStdout, "last words\n"));
  const char* tree =
      "trap '' TERM HUP; (trap '' TERM; while :; do sleep 60; done) & "
      "while :; do sleep 60; done";
  Note(spec, {::getpid(), StartShell(tree, "/"), StartShell(tree, "")});
  while (true) ::pause();
}

int FakeAgent(const Arguments& arguments) {
  const auto bytes = ReadFile(OptionOf(arguments, "--spec"), 1u << 20);
  if (!bytes.ok()) return kExitUsage;
  const auto json = ParseJson(*bytes);
  const Checked<TaskSpec> checked = TaskSpecFromJson(*json);
  if (!checked.ok()) return kExitUsage;
  const TaskSpec& spec = *checked.value;
  const fs::path evidence = OptionOf(arguments, "--evidence");
  const std::string& mode = spec.command.front();
  if (mode == "wait") return Wait(spec, evidence);
  if (mode == "stubborn") return Stubborn(spec, evidence);
  if (mode == "daemon") {
    Note(spec, {StartShell("trap '' TERM; while :; do sleep 60; done", "/")});
    return Finish(spec, evidence, FailureClass::kNone);
  }
  Note(spec, {});
  if (mode == "succeed") return Finish(spec, evidence, FailureClass::kNone);
  if (mode == "link") {
    const int code = Finish(spec, evidence, FailureClass::kNone);
    fs::remove(evidence / kRunLogFile);
    fs::create_symlink("/etc/passwd", evidence / kRunLogFile);
    return code;
  }
  if (mode == "fail") return Finish(spec, evidence, FailureClass::kCommandFailed);
  std::string words = "fake agent: told to be silent\n";
  return ::write(2, words.data(), words.size()) > 0 ? 1 : 1;
}

int Launch(const std::string& self, const Arguments& arguments) {
  const fs::path state = arguments[1];
  LocalBackendOptions options;
  options.root = state / "workspaces";
  options.supervisor = {self, "supervise"};
  options.agent = {self, "agent"};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  const SystemClock clock;
  const Log log = Log::Silent(clock);
  Launcher launcher(MakeLocalBackend(options), state / "records");
  RunOptions run;
  run.evidence_root = state / "evidence";
  const auto record =
      launcher.Run({{}, clock, log}, SampleSpec(arguments[2], {arguments[3], arguments[4]}),
                   SampleProfile(), run);
  return record.ok() && record->result.outcome == Outcome::kSuccess ? 0 : 1;
}

}  // namespace
}  // namespace ameide::task::testing

int main(int argc, char** argv) {
  using namespace ameide::task;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) return 2;
  if (arguments[0] == "supervise") return SupervisorMain({arguments.begin() + 1, arguments.end()});
  if (arguments[0] == "agent") return testing::FakeAgent(arguments);
  if (arguments[0] == "launch" && arguments.size() == 5) {
    return testing::Launch(argv[0], arguments);
  }
  return 2;
}
