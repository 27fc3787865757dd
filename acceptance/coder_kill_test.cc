// A launcher that is killed at any moment of a run on Coder: a sweep removes what it left, and
// nothing that belongs to somebody else.
#include <signal.h>

#include "acceptance/testing/coder_kill_fixture.h"
#include "base/strings.h"

namespace ameide::acceptance {
namespace {

constexpr Millis kLatestKill{3'500};  // after the start; a whole run takes about as long

class CoderKillTest : public CoderKillFixture {
 protected:
  void KillARun(int round, Millis after) {
    const Json spec = Json::Object{{"version", 1},
                                   {"work_id", StrCat("killed-", round)},
                                   {"profile", "code"},
                                   {"repository", Json::Object{{"url", world_.RepositoryUrl()}}},
                                   {"command", Json::Strings({"sh", "-c", "sleep 1"})},
                                   {"ttl", "10m"}};
    WriteFileAtomically(dir_.path() / "spec.json", spec.Dump()).value();
    Subprocess run =
        Subprocess::Spawn(Launcher(state_, {"run", "spec.json", "--allow-repository", "*"}))
            .value();
    clock_.WaitFor({}, after);
    run.Signal(SIGKILL);
    run.Wait();
  }
  const fs::path state_ = dir_.path() / "state";
};

TEST_F(CoderKillTest, WhateverTheMomentASweepLeavesNothingOfOursAndAllOfOthers) {
  Rounds(12, kLatestKill, [this](int round, Millis after) {
    KillARun(round, after);
    Sweep(state_);
    ExpectOnlyOthersAreLeft();
  });
}

}  // namespace
}  // namespace ameide::acceptance
