// What is known about the client and its calls, and when that means the end. Kept in one place:
// services and call counting report into it, the serving thread asks it.
#pragma once

#include <mutex>
#include <stop_token>
#include <string_view>

#include "base/clock.h"
#include "base/unique_fd.h"

namespace ameide::plugin {

struct ClientState {
  bool shutdown_requested = false;
  bool had_stream = false;  // a companion stream was open at some time
  int open_streams = 0;
  int running_calls = 0;  // of the provider's own services
  int control_calls = 0;  // of the controller: an answer that is still on its way
};

enum class Verdict {
  kServe,
  kSuspectGone,  // looks like a dead client; a Shutdown call may still be under way
  kShutdown,
};

// Pure. The end of all companion streams, or of the process that started us while no stream is
// open, means that the client died. A client closes its streams right before it calls Shutdown, so
// that alone is a suspicion only.
Verdict Judge(const ClientState& state, bool parent_alive);

enum class CallKind { kProvider, kControl, kUncounted };

// By the full method name, "/package.Service/Method". Streams that live as long as the connection
// are not counted, or we would wait for them.
CallKind KindOf(std::string_view method);

// Thread-safe.
class ClientWatch {
 public:
  ClientWatch();

  void RequestShutdown();
  void StreamOpened();
  void StreamClosed();
  void CallStarted(CallKind kind);
  void CallEnded(CallKind kind);

  ClientState State() const;

  // Becomes readable after a change that can alter the verdict, until AcknowledgeChange.
  int change_fd() const { return change_.get(); }
  void AcknowledgeChange();

  // Blocks until no counted call runs, at most for `bound`. False when some still do.
  bool WaitIdle(const Clock& clock, Millis bound);

 private:
  int* CounterOf(CallKind kind);
  bool IdleLocked() const { return state_.running_calls == 0 && state_.control_calls == 0; }
  void SignalChange() const;

  mutable std::mutex mutex_;
  ClientState state_;
  bool leaving_ = false;
  std::stop_source idle_;  // requested once, when the last call ends after WaitIdle began
  UniqueFd change_;
};

}  // namespace ameide::plugin
