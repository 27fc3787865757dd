#include "task/executor/lease.h"

#include "base/strings.h"
#include "base/text.h"
#include "task/executor/settings.h"

namespace ameide::task {

LeaseSteps::LeaseSteps(RemoteExecutor& executor, std::string session_id,
                       const SessionRequest& session, Millis lease, const Clock& clock,
                       const Log& log)
    : executor_(executor),
      session_id_(std::move(session_id)),
      ends_at_(session.ends_at),
      lease_(lease),
      wait_(session.lease / 2),
      clock_(clock),
      log_(log),
      valid_until_(clock.Now() + session.lease) {}

Millis LeaseSteps::Lose(std::string_view why) {
  lost_ = true;
  log_.Warn("the session on the executor is over", {{"session_id", session_id_}, {"why", why}});
  return Millis(0);
}

Millis LeaseSteps::Step(std::stop_token stop) {
  const WallTime now = clock_.Now();
  const Millis lease = LeaseAt(now, ends_at_, lease_);
  if (lease == Millis(0)) return Lose("the task's time is over");
  const Status renewed = executor_.Renew(session_id_, lease, stop);
  if (renewed.ok()) {
    valid_until_ = now + lease;
    return std::max(lease / 2, Millis(1000));
  }
  const Error& error = renewed.error();
  const bool passing = error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout;
  if (!passing || clock_.Now() >= valid_until_) return Lose(ToOneLine(error.ToString()));
  log_.Warn("a renewal failed", {{"why", ToOneLine(error.ToString())}});
  return std::max(lease_ / 10, Millis(1000));
}

Result<std::unique_ptr<LeaseKeeper>> LeaseKeeper::Open(RemoteExecutor& executor,
                                                       const SessionRequest& session, Millis lease,
                                                       Presence presence, const Clock& clock,
                                                       const Log& log, std::stop_token stop) {
  SessionRequest request = session;
  request.lease = LeaseAt(clock.Now(), session.ends_at, lease);
  if (request.lease == Millis(0)) {
    return Error{ErrorKind::kTimeout, "open a session for", session.task_id,
                 "the task's time is over", ""};
  }
  AMEIDE_ASSIGN_OR_RETURN(std::string id, executor.Open(request, stop));
  return std::unique_ptr<LeaseKeeper>(
      new LeaseKeeper(executor, std::move(id), request, lease, std::move(presence), clock, log));
}

LeaseKeeper::LeaseKeeper(RemoteExecutor& executor, std::string session_id,
                         const SessionRequest& session, Millis lease, Presence presence,
                         const Clock& clock, const Log& log)
    : presence_(std::move(presence)),
      executor_(executor),
      log_(log),
      steps_(executor, std::move(session_id), session, lease, clock, log),
      renewing_([this, &clock](std::stop_token stop) {
        Millis wait = steps_.FirstWait();
        while (wait > Millis(0) && clock.WaitFor(stop, wait)) wait = steps_.Step(stop);
      }) {}

LeaseKeeper::~LeaseKeeper() {
  renewing_.request_stop();
  renewing_.join();
  if (!presence_.LeaveAsLast()) return;
  const Status closed = executor_.Close(steps_.session_id());
  if (!closed.ok()) {
    log_.Warn("the session was not closed; the executor ends it when its lease is over",
              {{"why", ToOneLine(closed.error().ToString())}});
  }
}

}  // namespace ameide::task
