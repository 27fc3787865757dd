#include "task/executor/presence.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>

namespace ameide::task {
namespace {

constexpr Millis kTryAgain{50};
constexpr Millis kCloseLimit{30'000};  // closing a session takes 10 s at most

}  // namespace

Status WaitForLock(int fd, int kind, const fs::path& path, Millis limit, const Clock& clock,
                   std::stop_token stop) {
  constexpr char kOperation[] = "lock";
  const MonoTime until = clock.Monotonic() + limit;
  while (::flock(fd, kind | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return ErrnoError(errno, kOperation, path.string());
    if (clock.Monotonic() >= until) {
      return Error{ErrorKind::kTimeout, kOperation, path.string(),
                   "another tool server of this task holds it", "end that one first"};
    }
    if (!clock.WaitFor(stop, kTryAgain)) {
      return Error{ErrorKind::kCancelled, kOperation, path.string(), "stopped", ""};
    }
  }
  return Ok{};
}

Result<Presence> Presence::Join(const fs::path& path, const Clock& clock, std::stop_token stop) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(path));
  UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.valid()) return ErrnoError(errno, "open", path.string());
  AMEIDE_RETURN_IF_ERROR(WaitForLock(folder.get(), LOCK_SH, path, kCloseLimit, clock, stop));
  return Presence(std::move(folder));
}

// Changing the lock gives the old one up first, so of several that leave at once the last gets it.
bool Presence::LeaveAsLast() {
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0) return true;
  folder_.Reset();
  return false;
}

}  // namespace ameide::task
