#include "task/launcher/local/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/processes.h"
#include "base/strings.h"
#include "task/launcher/evidence_store.h"
#include "task/launcher/local/local_backend.h"

namespace ameide::task {
namespace {

// Wakes up now and then to see whether somebody removed the folder by hand.
constexpr int kTickMillis = 500;
constexpr uint64_t kMaxSpecBytes = 16u << 20;
constexpr int kCannotStart = 127;  // as a shell says it

Result<TaskSpec> ReadSpec(const fs::path& file) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMaxSpecBytes));
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(bytes));
  Checked<TaskSpec> spec = TaskSpecFromJson(json);
  if (!spec.ok()) return ToError(spec.problems, "read", file.string());
  return std::move(*spec.value);
}

// Zombies that came to us because their own parents ended first.
void ReapOrphans() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

}  // namespace

Supervisor::Supervisor(WorkspaceLayout layout, SupervisorRequest request, TaskSpec spec,
                       const Clock& clock)
    : layout_(std::move(layout)),
      request_(std::move(request)),
      spec_(std::move(spec)),
      clock_(clock),
      ttl_end_(clock.Monotonic() + spec_.ttl) {}

int Supervisor::Run() {
  if (!Prepare()) return 1;
  if (!launcher_lost_) StartAgent();
  while (true) {
    if (!Exists(layout_.folder)) {  // removed by hand: nothing is left to own
      KillDescendants(::getpid(), clock_, kKillBound);
      return 0;
    }
    if (destroy_) return Leave();
    if (!ended_) WatchRun();
    if (ended_ && TimeToLeave()) return Leave();
    WaitForEvent();
  }
}

bool Supervisor::Prepare() {
  // Descendants whose parents end become our children instead of init's: none can slip away.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::signal(SIGHUP, SIG_IGN);
  sigset_t ours;
  ::sigemptyset(&ours);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) ::sigaddset(&ours, signal);
  ::sigprocmask(SIG_BLOCK, &ours, nullptr);
  signals_ = UniqueFd(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
  // Without a lifeline there is no launcher to work for.
  launcher_lost_ = ::fcntl(kLifelineFd, F_SETFD, FD_CLOEXEC) != 0;
  if (!launcher_lost_) lifeline_.Reset(kLifelineFd);
  const auto self = IdentifyProcess(::getpid());
  const Status written = self ? WriteSupervisorId(layout_, *self)
                              : Status(ErrnoError(ESRCH, "identify", "own process"));
  if (!written.ok()) Complain(written.error().ToString());
  return signals_.valid() && written.ok();
}

void Supervisor::StartAgent() {
  SpawnOptions options;
  options.argv = request_.agent;
  for (const std::string& word :
       {std::string("task"), std::string("run"), std::string(ToString(spec_.kind)),
        std::string("--spec"), layout_.spec().string(), std::string("--contract"),
        layout_.contract().string(), std::string("--workspace"),
        layout_.profile_folder(spec_.profile).string(), std::string("--evidence"),
        layout_.evidence().string()}) {
    options.argv.push_back(word);
  }
  if (Exists(layout_.secrets())) {
    options.argv.insert(options.argv.end(), {"--secrets", layout_.secrets().string()});
  }
  options.environment = request_.environment;
  options.directory = layout_.folder;
  options.new_session = true;
  const UniqueFd log(
      ::open(layout_.agent_log().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600));
  options.stderr_fd = log.get();
  Result<Subprocess> agent = Subprocess::Spawn(options);
  if (agent.ok()) {
    agent_.emplace(std::move(*agent));
    const auto id = IdentifyProcess(agent_->pid());
    const Status written = id ? WriteAgentId(layout_, *id) : Ok{};  // nothing: it ended already
    if (!written.ok()) Complain(written.error().ToString());
    return;
  }
  Complain(agent.error().ToString());
  EndRun(ExitStatus{.code = kCannotStart, .signal = {}});
}

// Sleeps until something happened that Run has to look at.
void Supervisor::WaitForEvent() {
  pollfd waits[3] = {{signals_.get(), POLLIN, 0},
                     {lifeline_.get(), POLLIN, 0},  // -1 is ignored by poll
                     {agent_ && !ended_ ? agent_->exit_fd() : -1, POLLIN, 0}};
  int timeout = kTickMillis;
  for (const MonoTime end : {ttl_end_ + request_.ttl_reserve, cancel_end_.value_or(ttl_end_)}) {
    const auto left = std::chrono::duration_cast<Millis>(end - clock_.Monotonic()).count();
    if (left >= 0) timeout = static_cast<int>(std::min<int64_t>(timeout, left + 1));
  }
  if (::poll(waits, 3, timeout) <= 0) return;
  if (waits[0].revents != 0) ReadSignals();
  if (waits[1].revents != 0) {
    launcher_lost_ = true;
    lifeline_.Reset();
  }
}

void Supervisor::ReadSignals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGUSR1) {
      destroy_ = true;
    } else {
      cancel_ = true;
    }
  }
}

void Supervisor::WatchRun() {
  if (!agent_) return EndRun(ExitStatus{.code = kCannotStart, .signal = {}});
  cancel_ = cancel_ || launcher_lost_;
  if (cancel_ && !cancel_end_) {
    agent_->Signal(SIGTERM);  // it ends its command and writes its evidence
    cancel_end_ = clock_.Monotonic() + request_.cancel_grace;
  }
  if (const auto status = agent_->Poll()) return EndRun(*status);
  const MonoTime now = clock_.Monotonic();
  by_ttl_ = now >= ttl_end_ + request_.ttl_reserve;
  if (by_ttl_ || (cancel_end_ && now >= *cancel_end_)) {
    KillDescendants(::getpid(), clock_, kKillBound);
    EndRun(agent_->Poll().value_or(ExitStatus{.code = {}, .signal = SIGKILL}));
  }
}

// The agent program has ended: so has the run, and nothing of it may go on.
void Supervisor::EndRun(const ExitStatus& status) {
  if (!KillDescendants(::getpid(), clock_, kKillBound)) Complain("some processes survive SIGKILL");
  ReapOrphans();
  ended_ = true;
  const Status written = WriteEnded(layout_, {status, by_ttl_, cancel_, clock_.Now()});
  if (!written.ok()) Complain(written.error().ToString());
}

bool Supervisor::TimeToLeave() {
  const MonoTime now = clock_.Monotonic();
  if (Exists(layout_.retained())) return now >= ttl_end_;
  if (!launcher_lost_ && now < ttl_end_ + request_.ttl_reserve + kAbandonedReserve) return false;
  SaveEvidence();
  return true;
}

void Supervisor::SaveEvidence() {
  RunFacts facts{spec_, request_.started_at, clock_.Now(), FailureClass::kInfrastructure,
                 "The launcher was lost"};
  if (cancel_) facts.failure = FailureClass::kCancelled;
  if (by_ttl_) facts.failure = FailureClass::kTimedOut;
  const auto stored = StoreEvidence(facts, request_.evidence_directory,
                                    [&](const fs::path& to) { return CopyEvidence(layout_, to); });
  if (!stored.ok()) Complain(stored.error().ToString());
}

int Supervisor::Leave() {
  const bool killed = KillDescendants(::getpid(), clock_, kKillBound);
  const Status removed = RemoveWorkspace(layout_);
  if (!removed.ok()) Complain(removed.error().ToString());
  return killed && removed.ok() ? 0 : 1;
}

// Into supervisor.log, from where it reaches the error that a launcher reports.
void Supervisor::Complain(const std::string& text) const {
  const std::string line = StrCat(text, "\n");
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

int SupervisorMain(const std::vector<std::string>& arguments) {
  const auto fail = [](int code, const std::string& why) {
    const std::string line = StrCat(why, "\n");
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    return code;
  };
  if (arguments.size() != 1) return fail(2, "usage: supervise WORKSPACE_FOLDER");
  WorkspaceLayout layout{arguments.front()};
  Result<SupervisorRequest> request = ReadRequest(layout);
  if (!request.ok()) return fail(1, request.error().ToString());
  Result<TaskSpec> spec = ReadSpec(layout.spec());
  if (!spec.ok()) return fail(1, spec.error().ToString());
  const SystemClock clock;
  return Supervisor(std::move(layout), std::move(*request), std::move(*spec), clock).Run();
}

}  // namespace ameide::task
