// Makes the calls that a dispatcher has accepted, one after the other, also beside other servers of
// the same task: the session on the executor has one working tree. Everything is in the audit, and
// `max_calls` is counted there.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "task/executor/audit.h"
#include "task/executor/dispatch.h"
#include "task/executor/remote.h"

namespace ameide::task {

struct CallContext {
  std::string task_id;
  std::string session_id;
  WallTime ends_at;                  // no call waits longer
  std::function<bool()> is_lost;     // the session; called on the worker's thread
  std::function<void(Json)> answer;  // gets each reply; called on the worker's thread
};

// Thread-safe. References must outlive it; what waits when it goes is dropped.
class CallQueue {
 public:
  CallQueue(RemoteExecutor& executor, AuditFile& audit, const Clock& clock, const Log& log,
            CallContext context);
  ~CallQueue();

  void Add(AcceptedCall call);
  void Record(const RefusedCall& refused);
  // By the id of its request. Nobody gets an answer then (MCP, "Cancellation").
  void Cancel(const Json& id);
  // Until every call is answered, or `stop`, which ends the one under way.
  void Drain(std::stop_token stop);

 private:
  struct Running {
    Json id;
    std::stop_source stop;
    bool unwanted = false;
  };
  void Work(std::stop_token stop);
  std::optional<Json> Perform(const AcceptedCall& call, std::stop_token stop);
  CallEnd Make(const AcceptedCall& call, const AuditEntry& entry, std::stop_token stop);
  // Empty: the call may leave.
  std::string Obstacle(const AcceptedCall& call);
  bool Write(const AuditEntry& entry);

  RemoteExecutor& executor_;
  AuditFile& audit_;
  const Clock& clock_;
  const Log& log_;
  CallContext context_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<AcceptedCall> waiting_;
  std::optional<Running> running_;
  bool audit_broken_ = false;
  std::jthread worker_;
};

}  // namespace ameide::task
