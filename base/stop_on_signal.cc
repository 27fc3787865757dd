#include "base/stop_on_signal.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace ameide {
namespace {

sigset_t EndingSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals, signal);
  return signals;
}

}  // namespace

StopOnSignal::StopOnSignal() : leave_(::eventfd(0, EFD_CLOEXEC)) {
  const sigset_t signals = EndingSignals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_.Reset(::signalfd(-1, &signals, SFD_CLOEXEC));
  listener_ = std::thread([this] { Listen(); });
}

// The signals stay blocked: one that comes while the program ends must not spoil its exit code.
StopOnSignal::~StopOnSignal() {
  ::eventfd_write(leave_.get(), 1);
  listener_.join();
}

void StopOnSignal::Listen() {
  while (true) {
    pollfd waits[2] = {{signals_.get(), POLLIN, 0}, {leave_.get(), POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0) continue;
    if (waits[1].revents != 0) return;
    signalfd_siginfo info;
    if (waits[0].revents != 0 && ::read(signals_.get(), &info, sizeof info) > 0) {
      source_.request_stop();
    }
  }
}

}  // namespace ameide
