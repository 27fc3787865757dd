#include "base/clock.h"

#include <atomic>
#include <thread>

#include "base/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(FormatTime, HasExactlySixFractionalDigits) {
  const WallTime start = testing::FakeClock().Now();
  EXPECT_EQ(FormatTime(start), "2026-01-02T03:04:05.000000Z");
  EXPECT_EQ(FormatTime(start + std::chrono::microseconds(6)), "2026-01-02T03:04:05.000006Z");
  EXPECT_EQ(FormatTime(WallTime()), "1970-01-01T00:00:00.000000Z");
}

TEST(ParseTime, ReadsRfc3339) {
  const std::pair<const char*, const char*> rows[] = {
      {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z"},
      {"2026-01-02T03:04:05.25Z", "2026-01-02T03:04:05.250000Z"},
      {"2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05.000000Z"},
  };
  for (const auto& [text, wanted] : rows) {
    const Result<WallTime> time = ParseTime(text);
    ASSERT_TRUE(time.ok()) << text;
    EXPECT_EQ(FormatTime(*time), wanted);
  }
}

TEST(ParseTime, RefusesEverythingElse) {
  for (const char* text :
       {"", "now", "2026-01-02", "2026-13-02T03:04:05Z", "infinite-future", "infinite-past",
        "1969-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "2026-01-02T03:04:05", "1767323045"}) {
    const Result<WallTime> time = ParseTime(text);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_EQ(time.error().kind, ErrorKind::kInvalid);
  }
}

TEST(Duration, ComesBackInItsShortestForm) {
  const std::tuple<const char*, Millis, const char*> rows[] = {
      {"90s", seconds(90), "1m30s"},   {"1h30m", hours(1) + seconds(1800), "1h30m"},
      {"250ms", Millis(250), "250ms"}, {"1.5s", Millis(1500), "1.5s"},
      {"0s", Millis(0), "0"},          {"0", Millis(0), "0"},
      {"8760h", hours(8760), "8760h"},
  };
  for (const auto& [text, wanted, form] : rows) {
    const Result<Millis> duration = ParseDuration(text);
    ASSERT_TRUE(duration.ok()) << text;
    EXPECT_EQ(*duration, wanted) << text;
    EXPECT_EQ(FormatDuration(*duration), form);
    EXPECT_EQ(*ParseDuration(FormatDuration(*duration)), wanted);
  }
}

TEST(Duration, RefusalsSayWhy) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "this is not a duration"},
      {"60", "this is not a duration"},
      {"1 h", "this is not a duration"},
      {"1d", "this is not a duration"},
      {"inf", "this is not a duration"},
      {"-inf", "this is not a duration"},
      {"-1s", "a duration cannot be negative"},
      {"8761h", "this is longer than a year"},
      {"1us", "durations are whole milliseconds"},
      {"1.0005s", "durations are whole milliseconds"},
      {"99999999999999999999h", "this is not a duration"},
  };
  for (const auto& [text, cause] : rows) {
    const Result<Millis> duration = ParseDuration(text);
    ASSERT_FALSE(duration.ok()) << text;
    EXPECT_EQ(duration.error().cause, cause) << text;
    EXPECT_NE(duration.error().target.find(text), std::string::npos);
  }
}

TEST(SystemClock, WaitEndsWhenStopIsRequested) {
  const SystemClock clock;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(clock.WaitFor(stop.get_token(), hours(1)));
  EXPECT_TRUE(clock.WaitFor({}, Millis(0)));
}

TEST(SystemClock, MonotonicNeverGoesBack) {
  const SystemClock clock;
  const MonoTime first = clock.Monotonic();
  EXPECT_GE(clock.Monotonic(), first);
}

TEST(FakeClock, MovesOnlyWhenToldAndWakesItsWaiters) {
  testing::FakeClock clock;
  const MonoTime before = clock.Monotonic();
  EXPECT_EQ(clock.Monotonic(), before);
  clock.Advance(seconds(5));
  EXPECT_EQ(clock.Monotonic() - before, seconds(5));
  std::atomic<bool> woken = false;
  std::jthread waiter([&] { woken = clock.WaitFor({}, seconds(5)); });
  // Nobody can see from here when the wait has begun, so time goes on until it is over.
  while (!woken) {
    clock.Advance(seconds(5));
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace ameide
