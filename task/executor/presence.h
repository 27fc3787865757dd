// Which servers of a task live: each holds a lock on the folder of the audit, which they share. The
// kernel lets go of it however a process ends.
#pragma once

#include <stop_token>

#include "base/clock.h"
#include "base/files.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace ameide::task {

// flock(2) of `kind`, tried again and again so that `stop` and `limit` end the waiting: kCancelled,
// kTimeout.
Status WaitForLock(int fd, int kind, const fs::path& path, Millis limit, const Clock& clock,
                   std::stop_token stop);

class Presence {
 public:
  // Makes the folder when it is missing. Waits while the last server of before closes its session.
  static Result<Presence> Join(const fs::path& folder, const Clock& clock, std::stop_token stop);
  // No other server lives, and none joins before this object goes. False: we have left.
  bool LeaveAsLast();

 private:
  explicit Presence(UniqueFd folder) : folder_(std::move(folder)) {}
  UniqueFd folder_;
};

}  // namespace ameide::task
