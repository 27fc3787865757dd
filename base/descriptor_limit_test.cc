#include "base/descriptor_limit.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "base/subprocess.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

rlim_t SoftLimitOfAChild() {
  auto child = Subprocess::Spawn({.argv = {"/bin/sleep", "60"}});
  if (!child.ok()) return 0;
  rlimit limit{};
  ::prlimit(child->pid(), RLIMIT_NOFILE, nullptr, &limit);
  child->Signal(SIGKILL);
  child->Wait();
  return limit.rlim_cur;
}

// True when a raise from there gives us `own` and a child `child`.
bool Raises(rlim_t soft, rlim_t hard, rlim_t own, rlim_t child) {
  const rlimit before{soft, hard};
  if (::setrlimit(RLIMIT_NOFILE, &before) != 0) return false;
  RaiseDescriptorLimit();
  rlimit after{};
  ::getrlimit(RLIMIT_NOFILE, &after);
  return after.rlim_cur == own && after.rlim_max == hard && SoftLimitOfAChild() == child;
}

// In a process of its own: the raise cannot be taken back.
void ExpectRaise(rlim_t soft, rlim_t hard, rlim_t own, rlim_t child) {
  EXPECT_EXIT(::_exit(Raises(soft, hard, own, child) ? 0 : 1), ::testing::ExitedWithCode(0), "")
      << "from " << soft << " of " << hard;
}

TEST(DescriptorLimit, RisesToTheHardLimitAndChildrenKeepTheirs) {
  ExpectRaise(256, 2048, 2048, 256);
}

TEST(DescriptorLimit, StaysWhereThereIsNothingToRaise) { ExpectRaise(512, 512, 512, 512); }

TEST(DescriptorLimit, HasABound) {
  rlimit now{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &now), 0);
  ExpectRaise(256, now.rlim_max, std::min<rlim_t>(now.rlim_max, 65'536), 256);
}

}  // namespace
}  // namespace ameide
