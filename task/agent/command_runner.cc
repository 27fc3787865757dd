#include "task/agent/command_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/strings.h"
#include "task/agent/process_tree.h"

namespace ameide::task {
namespace {

constexpr Millis kRunningTick{100};
constexpr Millis kEndingTick{20};
constexpr size_t kReadSize = 1u << 18;
constexpr int kLastReads = 8;

struct Pipe {
  UniqueFd read;
  UniqueFd write;

  static Result<Pipe> Make() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError(errno, "make pipe", "for the command");
    Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
    // Only our end: O_NONBLOCK belongs to the open file, and the command's end is its stdout.
    ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(pipe.read.get(), F_SETPIPE_SZ, static_cast<int>(kReadSize));
    return pipe;
  }
};

std::string NamesOf(const std::vector<Process>& processes) {
  constexpr size_t kShown = 10;
  std::string names;
  for (size_t i = 0; i < std::min(kShown, processes.size()); ++i) {
    StrAppend(&names, i == 0 ? "" : ", ", processes[i].name, " (", processes[i].id.pid, ")");
  }
  if (processes.size() > kShown) StrAppend(&names, " and ", processes.size() - kShown, " more");
  return names;
}

// The run as a small state machine: running → lingering → terminating → killing, each stage with
// its own clock. Output is read in every stage, so that nobody blocks on a full pipe.
class TreeRun {
 public:
  TreeRun(Subprocess child, UniqueFd out, UniqueFd err, LogWriter* log, const Clock& clock)
      : child_(std::move(child)), log_(log), clock_(clock), buffer_(kReadSize, '\0') {
    streams_[0] = {std::move(out), LogStream::kStdout};
    streams_[1] = {std::move(err), LogStream::kStderr};
  }

  CommandEnd Run(MonoTime deadline, const std::stop_token& stop, int wake_fd) {
    until_ = deadline;
    while (stage_ != Stage::kDone) {
      Pump(wake_fd);
      if (stage_ == Stage::kRunning || stage_ == Stage::kLingering) WatchClocks(deadline, stop);
      Step();
    }
    // What is still in the pipes; a few reads hold all of it, and a survivor could write forever.
    for (int reads = 0; reads < kLastReads && ReadOnce(); ++reads) {
    }
    log_->EndOutput();
    end_.status = child_.Poll().value_or(ExitStatus{.code = {}, .signal = SIGKILL});
    return end_;
  }

 private:
  enum class Stage { kRunning, kLingering, kTerminating, kKilling, kDone };
  struct Stream {
    UniqueFd fd;
    LogStream name = LogStream::kStdout;
  };

  bool StreamsClosed() const { return !streams_[0].fd.valid() && !streams_[1].fd.valid(); }
  bool Late() const { return clock_.Monotonic() >= until_; }

  // Waits until something happens, for at most a tick, and takes the output that is there.
  void Pump(int wake_fd) {
    pollfd waits[4];
    nfds_t count = 0;
    for (const Stream& stream : streams_) {
      if (stream.fd.valid()) waits[count++] = {stream.fd.get(), POLLIN, 0};
    }
    // A descriptor that stays readable would make later stages spin.
    if (stage_ == Stage::kRunning) {
      waits[count++] = {child_.exit_fd(), POLLIN, 0};
      waits[count++] = {wake_fd, POLLIN, 0};
    }
    const Millis tick = stage_ == Stage::kRunning ? kRunningTick : kEndingTick;
    const auto left = std::chrono::duration_cast<Millis>(until_ - clock_.Monotonic()) + Millis(1);
    ::poll(waits, count, static_cast<int>(std::clamp(left, Millis(0), tick).count()));
    ReadOnce();
  }

  // One read from each stream; false when there was nothing.
  bool ReadOnce() {
    bool got_some = false;
    for (Stream& stream : streams_) {
      if (!stream.fd.valid()) continue;
      const ssize_t got = ::read(stream.fd.get(), buffer_.data(), buffer_.size());
      if (got > 0) {
        log_->Write(stream.name, std::string_view(buffer_.data(), static_cast<size_t>(got)));
        got_some = true;
      } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        stream.fd.Reset();
      }
    }
    return got_some;
  }

  void WatchClocks(MonoTime deadline, const std::stop_token& stop) {
    // An exit that was there first counts: the command made it in time.
    const bool ended = child_.Poll().has_value();
    if (stop.stop_requested()) {
      if (!ended) end_.cause = CommandEnd::Cause::kCancelled;
      Terminate("cancelled");
    } else if (clock_.Monotonic() >= deadline) {
      if (!ended) end_.cause = CommandEnd::Cause::kTimedOut;
      Terminate("out of time");
    }
  }

  void Step() {
    switch (stage_) {
      case Stage::kRunning:
        if (child_.Poll()) Enter(Stage::kLingering, kPipeGrace);
        return;
      case Stage::kLingering:
        if (StreamsClosed() || Late()) Terminate("left behind by the command");
        return;
      case Stage::kTerminating:
        if (Gone()) return;
        if (Late()) {
          log_->Remark(StrCat("killing what ignored the signal to end: ", NamesOf(living_)));
          Enter(Stage::kKilling, kKillPatience);
        }
        return;
      case Stage::kKilling:
        // Again and again: a process may have forked between the look and the signal.
        if (Gone()) return;
        SignalLiving(SIGKILL);
        if (living_.empty()) child_.SignalGroup(SIGKILL);
        if (Late()) GiveUp();
        return;
      case Stage::kDone:
        return;
    }
  }

  void Enter(Stage stage, Millis patience) {
    stage_ = stage;
    until_ = clock_.Monotonic() + patience;
  }

  void Terminate(std::string_view why) {
    if (Gone()) return;
    // Without a readable /proc, the command's own group is all we can reach.
    if (living_.empty()) child_.SignalGroup(SIGTERM);
    log_->Remark(StrCat("ending ", NamesOf(living_), ": ", why));
    SignalLiving(SIGTERM);
    // A stopped process would not see the signal before KILL.
    SignalLiving(SIGCONT);
    Enter(Stage::kTerminating, kTermGrace);
  }

  bool Gone() {
    const bool child_ended = child_.Poll().has_value();
    living_ = LivingDescendants(child_.pid());
    if (child_ended && living_.empty()) stage_ = Stage::kDone;
    return stage_ == Stage::kDone;
  }

  void SignalLiving(int signal) {
    for (const Process& process : living_) SignalProcess(process.id, signal);
  }

  void GiveUp() {
    log_->Remark(StrCat("could not be ended: ", NamesOf(living_)));
    end_.tree_gone = false;
    stage_ = Stage::kDone;
  }

  Subprocess child_;
  LogWriter* log_;
  const Clock& clock_;
  std::string buffer_;
  Stream streams_[2];
  Stage stage_ = Stage::kRunning;
  MonoTime until_;
  std::vector<Process> living_;
  CommandEnd end_;
};

}  // namespace

Result<CommandEnd> RunTree(const CommandRequest& request, LogWriter* log, const Clock& clock,
                           std::stop_token stop) {
  AMEIDE_RETURN_IF_ERROR(AdoptOrphans());
  AMEIDE_ASSIGN_OR_RETURN(Pipe out, Pipe::Make());
  AMEIDE_ASSIGN_OR_RETURN(Pipe err, Pipe::Make());
  const UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) return ErrnoError(errno, "make event descriptor", "for cancellation");
  AMEIDE_ASSIGN_OR_RETURN(Subprocess child, Subprocess::Spawn({.argv = request.argv,
                                                               .environment = request.environment,
                                                               .directory = request.directory,
                                                               .new_session = true,
                                                               .stdout_fd = out.write.get(),
                                                               .stderr_fd = err.write.get()}));
  out.write.Reset();
  err.write.Reset();
  const std::stop_callback on_stop(stop, [&] { ::eventfd_write(wake.get(), 1); });
  TreeRun run(std::move(child), std::move(out.read), std::move(err.read), log, clock);
  return run.Run(request.deadline, stop, wake.get());
}

}  // namespace ameide::task
