// Runs a command and appends one line about it to a file: FILE COMMAND...
//
// The line: wall time in µs, CPU time in µs, peak resident memory in KiB; separated by spaces. CPU
// time is that of the command and of all that was waited for below it, the memory that of the
// largest one process among them (Linux, getrusage(2)).
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/clock.h"
#include "base/files.h"
#include "base/strings.h"

namespace {

using namespace ameide;

constexpr int kCannotRun = 127;  // as a shell reports it

int64_t Micros(const timeval& time) { return int64_t{time.tv_sec} * 1'000'000 + time.tv_usec; }

// The command's exit code, or minus one.
int Measure(char** command, std::string* line) {
  const SystemClock clock;
  const MonoTime before = clock.Monotonic();
  const pid_t child = ::fork();  // no threads here
  if (child < 0) return -1;
  if (child == 0) {
    ::execvp(command[0], command);
    ::_exit(kCannotRun);
  }
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return -1;
  }
  const auto wall =
      std::chrono::duration_cast<std::chrono::microseconds>(clock.Monotonic() - before);
  *line = StrCat(wall.count(), " ", Micros(usage.ru_utime) + Micros(usage.ru_stime), " ",
                 usage.ru_maxrss, "\n");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::string line;
  const int code = Measure(argv + 2, &line);
  if (code != 0) {
    std::fprintf(stderr, "%s ended with %d\n", argv[2], code);
    return 1;
  }
  const UniqueFd file(::open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  return WriteAll(file.get(), line, argv[1]).ok() ? 0 : 1;
}
