// Rounds (kill_rounds.h) in which something of ours is killed in the middle of its work on Coder,
// and what must hold after a sweep.
#pragma once

#include <functional>
#include <string>

#include "acceptance/testing/coder_fixture.h"
#include "base/subprocess.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {

class CoderKillFixture : public ::testing::Test {
 protected:
  CoderKillFixture();

  // KillRounds; then checks how Coder was used.
  void Rounds(int few, Millis latest, const std::function<void(int, Millis)>& round);
  // ameide-launcher on this Coder with the state folder `state`.
  SpawnOptions Launcher(const fs::path& state, std::vector<std::string> arguments);
  void Sweep(const fs::path& state);
  // There is nothing of ours on Coder, and all of somebody else's.
  void ExpectOnlyOthersAreLeft();

  ameide::testing::TempDir dir_;
  SystemClock clock_;
  CoderWorld world_;

 private:
  const std::string theirs_;  // another user's task workspace
  int swept_ = 0;
};

}  // namespace ameide::acceptance
