// A session on the executor, kept for as long as we live and no longer than the task.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "task/executor/presence.h"
#include "task/executor/remote.h"

namespace ameide::task {

// The steps of renewing, without the waiting. Lost() is thread-safe, the rest is for one thread.
class LeaseSteps {
 public:
  // All references must outlive it. `lease` is the contract's.
  LeaseSteps(RemoteExecutor& executor, std::string session_id, const SessionRequest& session,
             Millis lease, const Clock& clock, const Log& log);

  // Half of the lease that the session was opened with.
  Millis FirstWait() const { return wait_; }
  // Renews, and says how long to wait until the next time; zero: never again.
  Millis Step(std::stop_token stop);
  // The executor has ended the session, or the task's time is over.
  bool Lost() const { return lost_; }
  const std::string& session_id() const { return session_id_; }

 private:
  Millis Lose(std::string_view why);

  RemoteExecutor& executor_;
  std::string session_id_;
  WallTime ends_at_;
  Millis lease_;
  Millis wait_;
  const Clock& clock_;
  const Log& log_;
  WallTime valid_until_;
  std::atomic<bool> lost_ = false;
};

// Renews on a thread of its own until it goes; then the session is closed, unless another server of
// the same task lives: the executor gave both the same session.
class LeaseKeeper {
 public:
  static Result<std::unique_ptr<LeaseKeeper>> Open(RemoteExecutor& executor,
                                                   const SessionRequest& session, Millis lease,
                                                   Presence presence, const Clock& clock,
                                                   const Log& log, std::stop_token stop);
  ~LeaseKeeper();
  const std::string& session_id() const { return steps_.session_id(); }
  bool Lost() const { return steps_.Lost(); }

 private:
  LeaseKeeper(RemoteExecutor& executor, std::string session_id, const SessionRequest& session,
              Millis lease, Presence presence, const Clock& clock, const Log& log);

  Presence presence_;
  RemoteExecutor& executor_;
  const Log& log_;
  LeaseSteps steps_;
  std::jthread renewing_;
};

}  // namespace ameide::task
