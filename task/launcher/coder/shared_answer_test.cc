#include "task/launcher/coder/shared_answer.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "base/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

Error Failure(ErrorKind kind) { return {kind, "ask for", "it", "because", ""}; }

TEST(SharedAnswer, ManyAskOnce) {
  SharedAnswer<int> shared;
  std::atomic<int> asked = 0;
  std::promise<void> begun, go_on;
  std::atomic<int> right = 0;
  const auto get = [&] {
    const auto answer = shared.Get({}, "a", [&]() -> Result<int> {
      if (asked++ == 0) {
        begun.set_value();
        go_on.get_future().wait();
      }
      return 7;
    });
    if (answer.ok() && *answer == 7) ++right;
  };
  std::vector<std::jthread> callers;
  callers.emplace_back(get);
  begun.get_future().wait();
  for (int i = 0; i < 20; ++i) callers.emplace_back(get);
  EXPECT_EQ(*shared.Get({}, "b", [] { return Result<int>(1); }), 1) << "another question";
  EXPECT_EQ(asked, 1);
  go_on.set_value();
  callers.clear();
  EXPECT_EQ(right, 21);
}

TEST(SharedAnswer, RemembersNothing) {
  SharedAnswer<int> shared;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*shared.Get({}, "a", [&] { return Result<int>(i); }), i);
  EXPECT_EQ(
      shared.Get({}, "a", [] { return Result<int>(Failure(ErrorKind::kDenied)); }).error().kind,
      ErrorKind::kDenied);
}

TEST(SharedAnswer, OneThatIsStoppedStopsNobodyElse) {
  SharedAnswer<int> shared;
  std::promise<void> begun, go_on;
  std::jthread first([&] {
    const auto answer = shared.Get({}, "a", [&]() -> Result<int> {
      begun.set_value();
      go_on.get_future().wait();
      return Failure(ErrorKind::kCancelled);
    });
    EXPECT_EQ(answer.error().kind, ErrorKind::kCancelled);
  });
  begun.get_future().wait();
  std::jthread second([&] { EXPECT_EQ(*shared.Get({}, "a", [] { return Result<int>(2); }), 2); });
  std::stop_source stop;
  std::jthread third([&] {
    const auto answer = shared.Get(stop.get_token(), "a", [] { return Result<int>(3); });
    EXPECT_EQ(answer.error().kind, ErrorKind::kCancelled);
  });
  stop.request_stop();
  third.join();
  go_on.set_value();
}

TEST(SharedAnswer, WithAMemoryAnAnswerIsGoodForAWhileAndAStopIsNone) {
  ::ameide::testing::FakeClock clock;
  SharedAnswer<int> shared(clock, Millis(10'000));
  int asked = 0;
  const auto get = [&](const std::string& key) {
    return shared.Get({}, key, [&]() -> Result<int> {
      if (++asked == 1) return Error{ErrorKind::kCancelled, "ask", key, "stopped", ""};
      if (key == "bad") return Error{ErrorKind::kUnavailable, "ask", key, "no server", ""};
      return asked;
    });
  };
  EXPECT_FALSE(get("good").ok());
  EXPECT_EQ(*get("good"), 2);
  EXPECT_EQ(get("bad").error().kind, ErrorKind::kUnavailable);
  clock.Advance(Millis(9'999));
  EXPECT_EQ(*get("good"), 2);
  EXPECT_FALSE(get("bad").ok());
  EXPECT_EQ(asked, 3);
  clock.Advance(Millis(1));
  EXPECT_EQ(*get("good"), 4);
}

}  // namespace
}  // namespace ameide::task
