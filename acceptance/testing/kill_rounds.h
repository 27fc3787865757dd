// Rounds in which something of ours is killed at a random moment. AMEIDE_LONG_TESTS=1 makes it 200.
#pragma once

#include <functional>
#include <random>

#include "base/clock.h"
#include "base/environment.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {

// Calls `round` with its number and a moment up to `latest` until a round fails; how many it were.
inline int KillRounds(int few, Millis latest, const std::function<void(int, Millis)>& round) {
  const bool thorough = !Get(ProcessEnvironment(), "AMEIDE_LONG_TESTS").empty();
  const unsigned seed = std::random_device()();
  std::mt19937 random(seed);
  std::uniform_int_distribution<int64_t> moment(0, latest.count());
  int number = 0;
  for (; number < (thorough ? 200 : few) && !::testing::Test::HasFailure(); ++number) {
    const Millis after(moment(random));
    SCOPED_TRACE(StrCat("seed ", seed, ", round ", number, ", killed after ms ", after.count()));
    round(number, after);
  }
  return number;
}

}  // namespace ameide::acceptance
