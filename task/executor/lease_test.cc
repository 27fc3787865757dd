#include "task/executor/lease.h"

#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/executor/testing/stub_executor.h"

namespace ameide::task {
namespace {

using std::chrono::seconds;

struct LeaseTest : ::testing::Test {
  SessionRequest Session(Millis ttl) const {
    return {.task_id = "job-1",
            .key = {{"devbox", "vm"}, {"branch", "b"}},
            .lease = seconds(300),
            .ends_at = clock.Now() + ttl};
  }
  LeaseSteps Steps(Millis ttl) {
    const SessionRequest session = Session(ttl);
    const auto id = executor.Open(session, {});
    EXPECT_TRUE(id.ok());
    return LeaseSteps(executor, *id, session, seconds(300), clock, log);
  }
  ::ameide::testing::TempDir dir;
  ::ameide::testing::FakeClock clock;
  Log log = Log::Silent(clock);
  testing::StubExecutor stub{dir.path(), clock};
  testing::DirectClient client{stub};
  RemoteExecutor executor{client, {"https://vm", ""}};
};

TEST_F(LeaseTest, IsRenewedAtHalfOfIt) {
  LeaseSteps steps = Steps(std::chrono::hours(1));
  EXPECT_EQ(steps.FirstWait(), seconds(150));
  clock.Advance(seconds(150));
  EXPECT_EQ(steps.Step({}), seconds(150));
  EXPECT_EQ(stub.renewed(), 1);
  EXPECT_EQ(stub.sessions()[0].lease_seconds, 300);
  EXPECT_FALSE(steps.Lost());
}

TEST_F(LeaseTest, ShrinksToTheTasksEndAndStopsThere) {
  LeaseSteps steps = Steps(seconds(400));
  clock.Advance(seconds(200));
  EXPECT_EQ(steps.Step({}), seconds(100));
  EXPECT_EQ(stub.sessions()[0].lease_seconds, 200);
  clock.Advance(seconds(200));
  EXPECT_EQ(steps.Step({}), Millis(0));
  EXPECT_TRUE(steps.Lost());
  EXPECT_EQ(stub.renewed(), 1);
}

TEST_F(LeaseTest, ALostConnectionIsNoLossUntilTheLeaseIsOver) {
  LeaseSteps steps = Steps(std::chrono::hours(1));
  client.Lose(100, /*after=*/false);
  clock.Advance(seconds(150));
  EXPECT_EQ(steps.Step({}), seconds(30));
  EXPECT_FALSE(steps.Lost());
  clock.Advance(seconds(150));
  EXPECT_EQ(steps.Step({}), Millis(0));
  EXPECT_TRUE(steps.Lost());
}

TEST_F(LeaseTest, AForgottenSessionIsLostAtOnce) {
  LeaseSteps steps = Steps(std::chrono::hours(1));
  stub.Forget();
  EXPECT_EQ(steps.Step({}), Millis(0));
  EXPECT_TRUE(steps.Lost());
}

TEST_F(LeaseTest, TheKeeperOpensAndCloses) {
  const auto open = [&](Millis ttl) {
    return LeaseKeeper::Open(executor, Session(ttl), seconds(300),
                             Presence::Join(dir.path(), clock, {}).value(), clock, log, {});
  };
  {
    const auto keeper = open(seconds(100));
    ASSERT_TRUE(keeper.ok()) << keeper.error().ToString();
    EXPECT_EQ((*keeper)->session_id(), "session-1");
    EXPECT_FALSE((*keeper)->Lost());
    EXPECT_EQ(stub.sessions()[0].lease_seconds, 100);
  }
  EXPECT_TRUE(stub.sessions().empty());
  EXPECT_EQ(stub.closed(), 1);
  EXPECT_FALSE(open(Millis(0)).ok());
  EXPECT_EQ(stub.opened(), 1);
}

}  // namespace
}  // namespace ameide::task
