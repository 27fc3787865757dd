#include "acceptance/coder_simulator/script_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr int kNoExitCode = 255;  // timeouts, open pipes, and what did not start
constexpr int kLook = 20;         // milliseconds

// One stream of the script: bytes in, lines out.
class LineReader {
 public:
  LineReader(std::string level, const ScriptRun& run) : level_(std::move(level)), run_(run) {}

  Status Open(UniqueFd* write_end) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError(errno, "make pipe", "");
    fd_.Reset(ends[0]);
    write_end->Reset(ends[1]);
    return Ok{};
  }
  int fd() const { return fd_.get(); }
  bool open() const { return fd_.valid(); }

  void Drain() {
    char buffer[1 << 16];
    const ssize_t got = ::read(fd_.get(), buffer, sizeof buffer);
    if (got > 0) {
      pending_.append(buffer, static_cast<size_t>(got));
      size_t start = 0;
      for (size_t end; (end = pending_.find('\n', start)) != std::string::npos; start = end + 1) {
        run_.log(level_, std::string_view(pending_).substr(start, end - start));
      }
      pending_.erase(0, start);
    } else if (got == 0 || errno != EINTR) {
      Close();
    }
  }
  void Close() {
    if (!pending_.empty()) run_.log(level_, pending_);
    pending_.clear();
    fd_.Reset();
  }

 private:
  std::string level_;
  const ScriptRun& run_;
  UniqueFd fd_;
  std::string pending_;
};

// The steps against a script that runs too long.
class Deadline {
 public:
  Deadline(const ScriptRun& run, const Clock& clock) : run_(run), clock_(clock) {
    start_ = clock.Monotonic();
  }
  bool passed() const { return hung_up_; }
  void Enforce(const Subprocess& child) {
    const auto spent = clock_.Monotonic() - start_;
    if (run_.timeout.count() == 0 || spent < run_.timeout) return;
    if (!hung_up_) child.SignalGroup(SIGHUP);
    hung_up_ = true;
    if (spent >= run_.timeout + run_.grace) child.Signal(SIGKILL);
  }

 private:
  const ScriptRun& run_;
  const Clock& clock_;
  MonoTime start_;
  bool hung_up_ = false;
};

void WaitForBytes(LineReader* readers, size_t count) {
  pollfd waits[2];
  nfds_t waiting = 0;
  for (size_t i = 0; i < count; ++i) {
    if (readers[i].open()) waits[waiting++] = {readers[i].fd(), POLLIN, 0};
  }
  if (::poll(waits, waiting, kLook) <= 0) return;
  for (nfds_t w = 0; w < waiting; ++w) {
    for (size_t i = 0; i < count && waits[w].revents != 0; ++i) {
      if (readers[i].open() && readers[i].fd() == waits[w].fd) readers[i].Drain();
    }
  }
}

ScriptReport Judge(const ExitStatus& status, bool timed_out, bool pipes_left) {
  ScriptReport report;
  if (timed_out || pipes_left) {
    report.status = timed_out ? "timed_out" : "pipes_left_open";
    report.exit_code = kNoExitCode;
    return report;
  }
  report.exit_code = status.code.value_or(-1);
  report.status = report.exit_code == 0 ? "ok" : "exit_failure";
  return report;
}

}  // namespace

std::vector<std::string> InterpreterOf(std::string_view script) {
  const size_t start = script.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || !script.substr(start).starts_with("#!")) {
    return {"/bin/sh", "-c"};
  }
  std::vector<std::string> words;
  const std::string_view line = script.substr(start + 2, script.find('\n', start) - start - 2);
  for (const std::string_view word : StrSplit(line, ' ')) {
    if (!StripWhitespace(word).empty()) words.emplace_back(StripWhitespace(word));
  }
  words.emplace_back("-c");
  return words;
}

std::optional<ScriptReport> RunScript(const ScriptRun& run, const Clock& clock,
                                      std::stop_token stop) {
  const WallTime started = clock.Now();
  const auto dated = [&](ScriptReport report) {
    report.started_at = started;
    report.ended_at = clock.Now();
    return report;
  };
  const auto failed = [&](const Error& error) {
    run.log("error", error.ToString());
    return dated({.status = "exit_failure", .exit_code = kNoExitCode});
  };
  LineReader readers[2] = {{"info", run}, {"error", run}};
  UniqueFd out, err;
  if (Status made = readers[0].Open(&out); !made.ok()) return failed(made.error());
  if (Status made = readers[1].Open(&err); !made.ok()) return failed(made.error());
  SpawnOptions spawn = run.spawn;
  spawn.new_session = true;
  spawn.stdout_fd = out.get();
  spawn.stderr_fd = err.get();
  Result<Subprocess> child = Subprocess::Spawn(spawn);
  if (!child.ok()) return failed(child.error());
  out.Reset();
  err.Reset();

  Deadline deadline(run, clock);
  std::optional<ExitStatus> status;
  MonoTime ended_at;
  const auto reading = [&] { return readers[0].open() || readers[1].open(); };
  while (!status || reading()) {
    if (stop.stop_requested()) {
      if (!status) child->SignalGroup(SIGKILL);
      child->Wait();
      return std::nullopt;
    }
    WaitForBytes(readers, 2);
    if (!status) {
      deadline.Enforce(*child);
      status = child->Poll();
      if (status) ended_at = clock.Monotonic();
    } else if (reading() && clock.Monotonic() - ended_at >= run.grace) {
      for (LineReader& reader : readers) reader.Close();
      return dated(Judge(*status, deadline.passed(), true));
    }
  }
  return dated(Judge(*status, deadline.passed(), false));
}

}  // namespace ameide::simulator
