#include "task/executor/calls.h"

#include <absl/cleanup/cleanup.h>

#include <algorithm>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr char kNoAudit[] = "The audit cannot be written, so no call is made any more.";
constexpr size_t kMaxWaiting = 32;
constexpr size_t kOperationBytes = 16;  // random: an id is never used twice

CallEnd Refused(std::string reason) {
  return {.outcome = CallEnd::Outcome::kRefused,
          .status = 0,
          .result = {},
          .reason = std::move(reason)};
}

}  // namespace

CallQueue::CallQueue(RemoteExecutor& executor, AuditFile& audit, const Clock& clock, const Log& log,
                     CallContext context)
    : executor_(executor),
      audit_(audit),
      clock_(clock),
      log_(log),
      context_(std::move(context)),
      worker_([this](std::stop_token stop) { Work(stop); }) {}

CallQueue::~CallQueue() {
  {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
    if (running_) running_->stop.request_stop();
  }
  worker_.request_stop();
  worker_.join();
}

void CallQueue::Add(AcceptedCall call) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxWaiting) {
      waiting_.push_back(std::move(call));
      changed_.notify_all();
      return;
    }
  }
  const std::string reason = "Too many calls are waiting; wait for answers first.";
  Record({call.tool.name, call.arguments, reason});
  context_.answer(RpcResult(call.id, ToolProblem(reason)));
}

void CallQueue::Record(const RefusedCall& refused) {
  AuditEntry entry;
  entry.time = clock_.Now();
  entry.operation_id = RandomHex(kOperationBytes);
  entry.tool = refused.tool;
  entry.arguments = refused.arguments;
  entry.end = Refused(refused.reason);
  Write(entry);
}

bool CallQueue::Write(const AuditEntry& entry) {
  AuditEntry full = entry;
  full.task_id = context_.task_id;
  full.session_id = context_.session_id;
  const Status written = audit_.Append(full);
  if (written.ok()) return true;
  log_.Error("the audit cannot be written", {{"why", ToOneLine(written.error().ToString())}});
  const std::lock_guard lock(mutex_);
  audit_broken_ = true;
  return false;
}

void CallQueue::Cancel(const Json& id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](const AcceptedCall& call) { return call.id == id; });
  if (!running_ || running_->id != id) return;
  running_->unwanted = true;
  running_->stop.request_stop();
}

void CallQueue::Drain(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return waiting_.empty() && !running_; });
}

void CallQueue::Work(std::stop_token stop) {
  while (true) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) return;
    const AcceptedCall call = std::move(waiting_.front());
    waiting_.pop_front();
    running_.emplace(Running{call.id, {}, false});
    const std::stop_token call_stop = running_->stop.get_token();
    lock.unlock();
    std::optional<Json> reply = Perform(call, call_stop);
    lock.lock();
    if (running_->unwanted) reply.reset();
    lock.unlock();
    if (reply) context_.answer(*std::move(reply));
    lock.lock();
    running_.reset();
    changed_.notify_all();
  }
}

std::optional<Json> CallQueue::Perform(const AcceptedCall& call, std::stop_token stop) {
  AuditEntry entry;
  entry.time = clock_.Now();
  entry.operation_id = RandomHex(kOperationBytes);
  entry.tool = call.tool.name;
  entry.arguments = call.arguments;
  const MonoTime began = clock_.Monotonic();
  const CallEnd end = Make(call, entry, std::move(stop));
  entry.end = end;
  entry.duration = std::chrono::duration_cast<Millis>(clock_.Monotonic() - began);
  Write(entry);
  if (end.outcome == CallEnd::Outcome::kDone) {
    return RpcResult(call.id, ToolSuccess(end.result, entry.operation_id));
  }
  return RpcResult(call.id, ToolProblem(end.reason));
}

std::string CallQueue::Obstacle(const AcceptedCall& call) {
  {
    const std::lock_guard lock(mutex_);
    if (audit_broken_) return kNoAudit;
  }
  if (context_.is_lost()) {
    return "The session on the executor is over, so no call is made any more.";
  }
  const Result<int> begun = audit_.Begun(call.tool.name);
  if (!begun.ok()) return ToOneLine(begun.error().ToString());
  if (*begun < call.tool.max_calls) return "";
  return StrCat("The task's ", call.tool.max_calls, " calls of ", call.tool.name,
                " are used up; go on without it.");
}

CallEnd CallQueue::Make(const AcceptedCall& call, const AuditEntry& entry, std::stop_token stop) {
  const auto left = [&] {
    return std::chrono::duration_cast<Millis>(context_.ends_at - clock_.Now());
  };
  const Status turn = audit_.TakeTurn(left(), clock_, stop);
  if (!turn.ok() && turn.error().kind == ErrorKind::kCancelled) {
    return WithoutAnswer(call.tool, turn.error(), entry.operation_id);
  }
  if (!turn.ok()) return Refused(ToOneLine(turn.error().ToString()));
  const absl::Cleanup end_turn = [&] { audit_.EndTurn(); };
  if (left() <= Millis(0)) return Refused("The task's time is over.");
  const std::string obstacle = Obstacle(call);
  if (!obstacle.empty()) return Refused(obstacle);
  if (!Write(entry)) return Refused(kNoAudit);
  return executor_.Call({.task_id = context_.task_id,
                         .session_id = context_.session_id,
                         .operation_id = entry.operation_id,
                         .tool = call.tool,
                         .arguments = call.arguments,
                         .timeout = std::min(call.tool.timeout, left())},
                        stop);
}

}  // namespace ameide::task
