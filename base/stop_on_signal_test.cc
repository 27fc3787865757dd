#include "base/stop_on_signal.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <future>

#include "gtest/gtest.h"

namespace ameide {
namespace {

constexpr std::chrono::seconds kPatience{60};  // only a broken test waits that long

// Gives the test its signals back; those that are still pending would end it, so they are dropped.
struct RestoredSignals {
  RestoredSignals() { ::pthread_sigmask(SIG_SETMASK, nullptr, &mask); }
  ~RestoredSignals() {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_DFL);
  }
  sigset_t mask;
};

TEST(StopOnSignal, EachEndingSignalIsAStopRequest) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    const RestoredSignals restored;
    const StopOnSignal stop;
    EXPECT_FALSE(stop.token().stop_requested());
    std::promise<void> stopped;
    const std::stop_callback on_stop(stop.token(), [&] { stopped.set_value(); });
    ASSERT_EQ(::kill(::getpid(), signal), 0);
    EXPECT_EQ(stopped.get_future().wait_for(kPatience), std::future_status::ready) << signal;
    ASSERT_EQ(::kill(::getpid(), signal), 0);
    EXPECT_TRUE(stop.token().stop_requested()) << "a second one changes nothing";
  }
}

TEST(StopOnSignal, ALateSignalDoesNotEndTheProgram) {
  const RestoredSignals restored;
  { const StopOnSignal stop; }
  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  sigset_t pending;
  ASSERT_EQ(::sigpending(&pending), 0);
  EXPECT_EQ(::sigismember(&pending, SIGTERM), 1);
}

}  // namespace
}  // namespace ameide
