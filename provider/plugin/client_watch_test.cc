#include "provider/plugin/client_watch.h"

#include <poll.h>

#include <thread>

#include "base/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace ameide::plugin {
namespace {

TEST(Judge, TellsAClientsEndFromItsAbsence) {
  const struct {
    const char* name;
    ClientState state;
    bool parent_alive;
    Verdict verdict;
  } kCases[] = {
      {"nobody came yet", {}, true, Verdict::kServe},
      {"nobody came and nobody will", {}, false, Verdict::kSuspectGone},
      {"connected", {.had_stream = true, .open_streams = 2}, true, Verdict::kServe},
      {"one stream ended", {.had_stream = true, .open_streams = 1}, true, Verdict::kServe},
      {"started by a wrapper that left",
       {.had_stream = true, .open_streams = 1},
       false,
       Verdict::kServe},
      {"both streams ended", {.had_stream = true}, true, Verdict::kSuspectGone},
      {"a running call is no sign of life",
       {.had_stream = true, .running_calls = 1},
       true,
       Verdict::kSuspectGone},
      {"shutdown wins", {.shutdown_requested = true, .had_stream = true}, true, Verdict::kShutdown},
      {"shutdown without streams", {.shutdown_requested = true}, false, Verdict::kShutdown},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Judge(test.state, test.parent_alive), test.verdict) << test.name;
  }
}

TEST(KindOf, SortsMethodsByService) {
  EXPECT_EQ(KindOf("/tfplugin6.Provider/ApplyResourceChange"), CallKind::kProvider);
  EXPECT_EQ(KindOf("/plugin.GRPCController/Shutdown"), CallKind::kControl);
  EXPECT_EQ(KindOf("/plugin.GRPCBroker/StartStream"), CallKind::kUncounted);
  EXPECT_EQ(KindOf("/plugin.GRPCStdio/StreamStdio"), CallKind::kUncounted);
  EXPECT_EQ(KindOf("/grpc.health.v1.Health/Watch"), CallKind::kUncounted);
}

bool Changed(const ClientWatch& watch) {
  pollfd event{watch.change_fd(), POLLIN, 0};
  return ::poll(&event, 1, 0) == 1;
}

TEST(ClientWatch, WakesTheServerForEveryChangeThatMatters) {
  ClientWatch watch;
  EXPECT_FALSE(Changed(watch));
  watch.StreamOpened();
  EXPECT_TRUE(Changed(watch));
  watch.AcknowledgeChange();
  EXPECT_FALSE(Changed(watch));
  watch.StreamClosed();
  EXPECT_TRUE(Changed(watch));
  watch.AcknowledgeChange();
  watch.RequestShutdown();
  EXPECT_TRUE(Changed(watch));
  EXPECT_TRUE(watch.State().shutdown_requested);
}

TEST(ClientWatch, CallsDoNotWakeTheServer) {
  ClientWatch watch;
  watch.CallStarted(CallKind::kProvider);
  watch.CallEnded(CallKind::kProvider);
  EXPECT_FALSE(Changed(watch));
}

TEST(ClientWatch, CountsByKind) {
  ClientWatch watch;
  watch.CallStarted(CallKind::kProvider);
  watch.CallStarted(CallKind::kProvider);
  watch.CallStarted(CallKind::kControl);
  watch.CallStarted(CallKind::kUncounted);
  watch.CallEnded(CallKind::kProvider);
  EXPECT_EQ(watch.State().running_calls, 1);
  EXPECT_EQ(watch.State().control_calls, 1);
}

TEST(ClientWatch, IdleServerLeavesWithoutWaiting) {
  ClientWatch watch;
  ameide::testing::FakeClock clock;  // stands still: a wait would last for ever
  EXPECT_TRUE(watch.WaitIdle(clock, Millis(1000)));
}

TEST(ClientWatch, LastCallEndsTheWait) {
  for (const CallKind kind : {CallKind::kProvider, CallKind::kControl}) {
    ClientWatch watch;
    ameide::testing::FakeClock clock;
    watch.CallStarted(kind);
    std::jthread call([&] { watch.CallEnded(kind); });
    EXPECT_TRUE(watch.WaitIdle(clock, Millis(1000)));
  }
}

TEST(ClientWatch, BoundEndsTheWait) {
  ClientWatch watch;
  ameide::testing::FakeClock clock;
  watch.CallStarted(CallKind::kProvider);
  EXPECT_FALSE(watch.WaitIdle(clock, Millis(0)));
}

}  // namespace
}  // namespace ameide::plugin
