#include "provider/plugin/client_watch.h"

#include <sys/eventfd.h>

#include <cstdint>

namespace ameide::plugin {

Verdict Judge(const ClientState& state, bool parent_alive) {
  if (state.shutdown_requested) return Verdict::kShutdown;
  if (state.open_streams > 0) return Verdict::kServe;
  return state.had_stream || !parent_alive ? Verdict::kSuspectGone : Verdict::kServe;
}

CallKind KindOf(std::string_view method) {
  if (method.starts_with("/plugin.GRPCController/")) return CallKind::kControl;
  if (method.starts_with("/plugin.") || method.starts_with("/grpc.")) return CallKind::kUncounted;
  return CallKind::kProvider;
}

ClientWatch::ClientWatch() : change_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void ClientWatch::RequestShutdown() {
  {
    const std::lock_guard lock(mutex_);
    state_.shutdown_requested = true;
  }
  SignalChange();
}

void ClientWatch::StreamOpened() {
  {
    const std::lock_guard lock(mutex_);
    state_.had_stream = true;
    ++state_.open_streams;
  }
  SignalChange();
}

void ClientWatch::StreamClosed() {
  {
    const std::lock_guard lock(mutex_);
    --state_.open_streams;
  }
  SignalChange();
}

int* ClientWatch::CounterOf(CallKind kind) {
  switch (kind) {
    case CallKind::kProvider:
      return &state_.running_calls;
    case CallKind::kControl:
      return &state_.control_calls;
    case CallKind::kUncounted:
      break;
  }
  return nullptr;
}

void ClientWatch::CallStarted(CallKind kind) {
  const std::lock_guard lock(mutex_);
  if (int* counter = CounterOf(kind)) ++*counter;
}

void ClientWatch::CallEnded(CallKind kind) {
  bool idle = false;
  {
    const std::lock_guard lock(mutex_);
    if (int* counter = CounterOf(kind)) --*counter;
    idle = leaving_ && IdleLocked();
  }
  if (idle) idle_.request_stop();
}

ClientState ClientWatch::State() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void ClientWatch::AcknowledgeChange() {
  uint64_t count = 0;
  (void)!::read(change_.get(), &count, sizeof count);
}

bool ClientWatch::WaitIdle(const Clock& clock, Millis bound) {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
    if (IdleLocked()) return true;
  }
  return !clock.WaitFor(idle_.get_token(), bound);
}

void ClientWatch::SignalChange() const {
  const uint64_t one = 1;
  (void)!::write(change_.get(), &one, sizeof one);
}

}  // namespace ameide::plugin
