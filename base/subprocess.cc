#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "base/descriptor_limit.h"
#include "base/pidfd.h"
#include "base/strings.h"

namespace ameide {
namespace {

constexpr int kKeptDescriptors = 3;  // stdin, stdout, stderr

// posix_spawnp would search the parent's PATH; the child's environment is what counts here.
Result<std::string> FindProgram(const SpawnOptions& options) {
  const std::string& name = options.argv.front();
  if (name.find('/') != std::string::npos) return name;
  const auto path = options.environment.find("PATH");
  if (path != options.environment.end()) {
    for (const std::string_view folder : StrSplit(path->second, ':')) {
      const std::string candidate = StrCat(folder, "/", name);
      if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  }
  return Error{ErrorKind::kNotFound, "start", name, "no such program on PATH",
               "install it, or give its path"};
}

// Redirections, working directory and descriptor hygiene of one child.
class FileActions {
 public:
  explicit FileActions(const SpawnOptions& options) {
    ::posix_spawn_file_actions_init(&actions_);
    // Sources move out of the way first: one of them could be descriptor 0 to 3 already.
    in_ = Shelter(options.stdin_fd);
    out_ = Shelter(options.stdout_fd);
    err_ = Shelter(options.stderr_fd);
    extra_ = Shelter(options.extra_fd);
    Redirect(in_.get(), 0, O_RDONLY);
    Redirect(out_.get(), 1, O_WRONLY);
    Redirect(err_.get(), 2, O_WRONLY);
    if (extra_.valid()) ::posix_spawn_file_actions_adddup2(&actions_, extra_.get(), 3);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_,
                                               kKeptDescriptors + (extra_.valid() ? 1 : 0));
    if (!options.directory.empty()) {
      ::posix_spawn_file_actions_addchdir_np(&actions_, options.directory.c_str());
    }
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  static UniqueFd Shelter(int fd) {
    return fd < 0 ? UniqueFd() : UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 10));
  }
  void Redirect(int from, int to, int null_mode) {
    if (from >= 0) {
      ::posix_spawn_file_actions_adddup2(&actions_, from, to);
    } else {
      ::posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", null_mode, 0);
    }
  }
  posix_spawn_file_actions_t actions_{};
  UniqueFd in_, out_, err_, extra_;
};

// Default signal handling and an empty mask: a child must not inherit our ignored SIGINT.
void SetAttributes(bool new_session, posix_spawnattr_t* attributes) {
  short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  if (new_session) flags |= POSIX_SPAWN_SETSID;
  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(attributes, &all);
  ::posix_spawnattr_setsigmask(attributes, &none);
  ::posix_spawnattr_setflags(attributes, flags);
}

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& text : *strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

ExitStatus FromWaitStatus(int status) {
  if (WIFSIGNALED(status)) return ExitStatus{.code = {}, .signal = WTERMSIG(status)};
  return ExitStatus{.code = WEXITSTATUS(status), .signal = {}};
}

// One end of a child's output: where we read, and what to do with the bytes.
struct Reader {
  UniqueFd fd;
  std::function<void(std::string_view)> take;

  // Reads what is there; closes at the end of the stream.
  void Drain() {
    char buffer[1 << 16];
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got > 0) {
      take(std::string_view(buffer, static_cast<size_t>(got)));
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      fd.Reset();
    }
  }
};

auto Collector(std::string* into, size_t limit) {
  return [into, limit](std::string_view bytes) {
    into->append(bytes.substr(0, limit - std::min(limit, into->size())));
  };
}

int PollTimeout(MonoTime now, MonoTime deadline) {
  const auto left = std::chrono::duration_cast<Millis>(deadline - now).count();
  return static_cast<int>(std::clamp<int64_t>(left + 1, 0, 100));  // wake up for `stop`, too
}

}  // namespace

UniqueFd WatchProcess(pid_t pid) { return UniqueFd(::pidfd_open(pid, 0)); }

Result<Subprocess> Subprocess::Spawn(const SpawnOptions& options) {
  if (options.argv.empty() || options.argv.front().empty()) {
    return Error{ErrorKind::kInvalid, "start program", "", "the command is empty", ""};
  }
  AMEIDE_ASSIGN_OR_RETURN(const std::string program, FindProgram(options));
  std::vector<std::string> argv = options.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : options.environment) {
    environment.push_back(StrCat(name, "=", value));
  }
  const FileActions actions(options);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  const absl::Cleanup destroy = [&] { ::posix_spawnattr_destroy(&attributes); };
  SetAttributes(options.new_session, &attributes);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), actions.get(), &attributes,
                                  Pointers(&argv).data(), Pointers(&environment).data());
  if (error != 0) return ErrnoError(error, "start", options.argv.front());
  RestoreDescriptorLimit(pid);  // posix_spawn cannot, so the child starts with ours
  return Subprocess(pid, WatchProcess(pid));
}

ExitStatus Subprocess::Wait() {
  while (!status_) {
    int status = 0;
    const pid_t got = ::waitpid(pid_, &status, 0);
    if (got == pid_) status_ = FromWaitStatus(status);
    if (got < 0 && errno != EINTR) status_ = ExitStatus{.code = 255, .signal = {}};
  }
  return *status_;
}

std::optional<ExitStatus> Subprocess::Poll() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = FromWaitStatus(status);
  return status_;
}

void Subprocess::Signal(int signal) const {
  if (!status_) ::kill(pid_, signal);
}

void Subprocess::SignalGroup(int signal) const { ::kill(-pid_, signal); }

Result<CommandResult> RunCommand(const SpawnOptions& options, const CommandLimits& limits,
                                 const Clock& clock, std::stop_token stop) {
  int out_pipe[2];
  int err_pipe[2];
  if (::pipe2(out_pipe, O_CLOEXEC) != 0) return ErrnoError(errno, "make pipe", "");
  UniqueFd out_write(out_pipe[1]);
  CommandResult result;
  Reader readers[2];
  readers[0] = {UniqueFd(out_pipe[0]),
                limits.on_stdout ? limits.on_stdout : Collector(&result.out, limits.output_bytes)};
  if (::pipe2(err_pipe, O_CLOEXEC) != 0) return ErrnoError(errno, "make pipe", "");
  UniqueFd err_write(err_pipe[1]);
  readers[1] = {UniqueFd(err_pipe[0]), Collector(&result.err, limits.output_bytes)};

  SpawnOptions child_options = options;
  child_options.new_session = true;
  child_options.stdout_fd = out_write.get();
  child_options.stderr_fd = err_write.get();
  AMEIDE_ASSIGN_OR_RETURN(Subprocess child, Subprocess::Spawn(child_options));
  out_write.Reset();
  err_write.Reset();

  const MonoTime deadline = clock.Monotonic() + limits.timeout;
  // A child that closed its output may still run, so its end counts, too. It is asked for only
  // then: before, a reaped pid could be somebody else's by the time its group is killed.
  while (readers[0].fd.valid() || readers[1].fd.valid() || !child.Poll()) {
    const bool late = clock.Monotonic() >= deadline;
    if (late || stop.stop_requested()) {
      child.SignalGroup(SIGKILL);
      child.Wait();
      if (!late) return Error{ErrorKind::kCancelled, "run", options.argv.front(), "stopped", ""};
      result.timed_out = true;
      break;
    }
    pollfd waits[2];
    nfds_t count = 0;
    for (const Reader& reader : readers) {
      if (reader.fd.valid()) waits[count++] = {reader.fd.get(), POLLIN, 0};
    }
    if (count == 0) waits[count++] = {child.exit_fd(), POLLIN, 0};
    if (::poll(waits, count, PollTimeout(clock.Monotonic(), deadline)) <= 0) continue;
    for (nfds_t i = 0; i < count; ++i) {
      if (waits[i].revents == 0) continue;
      for (Reader& reader : readers) {
        if (reader.fd.valid() && reader.fd.get() == waits[i].fd) reader.Drain();
      }
    }
  }
  result.status = child.Wait();
  return result;
}

}  // namespace ameide
