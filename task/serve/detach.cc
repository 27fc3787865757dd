#include "task/serve/detach.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>

#include "base/files.h"
#include "base/unique_fd.h"

namespace ameide::task {
namespace {

constexpr int kReportFd = 3;
constexpr std::string_view kUp = "up";
constexpr size_t kMaxReport = 4096;

// Standard streams to the null device, the report's pipe as descriptor 3, nothing else.
bool LeaveDescriptors(int report) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const int sheltered = ::fcntl(report, F_DUPFD_CLOEXEC, 10);
  if (null < 0 || sheltered < 0) return false;
  for (int fd = 0; fd < kReportFd; ++fd) {
    if (::dup2(null, fd) < 0) return false;
  }
  return ::dup3(sheltered, kReportFd, O_CLOEXEC) >= 0 && ::close_range(kReportFd + 1, ~0U, 0) == 0;
}

[[noreturn]] void BeDaemon(int report, const std::function<int(const Report&)>& daemon) {
  if (!LeaveDescriptors(report) || ::chdir("/") != 0) ::_exit(1);
  UniqueFd pipe(kReportFd);
  const int code = daemon([&](const Status& up) {
    const std::string words = up.ok() ? std::string(kUp) : up.error().ToString();
    static_cast<void>(WriteAll(pipe.get(), std::string_view(words).substr(0, kMaxReport), "pipe"));
    pipe.Reset();
  });
  ::_exit(code);
}

std::string ReadReport(int fd) {
  std::string words;
  char buffer[kMaxReport];
  while (words.size() < kMaxReport) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    words.append(buffer, static_cast<size_t>(got));
  }
  return words;
}

}  // namespace

Status Detach(const std::function<int(const Report&)>& daemon) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError(errno, "make pipe", "for the service");
  const UniqueFd read(ends[0]);
  UniqueFd write(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return ErrnoError(errno, "start", "the service");
  if (child == 0) {
    // Not the session's leader, or it could get a terminal again; and its parent goes at once.
    if (::setsid() < 0) ::_exit(1);
    const pid_t grandchild = ::fork();
    if (grandchild != 0) ::_exit(grandchild < 0 ? 1 : 0);
    BeDaemon(write.get(), daemon);
  }
  write.Reset();
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  const std::string words = ReadReport(read.get());
  if (words == kUp) return Ok{};
  return Error{ErrorKind::kUnavailable, "start", "the service",
               words.empty() ? "it ended before it was up" : words, ""};
}

}  // namespace ameide::task
