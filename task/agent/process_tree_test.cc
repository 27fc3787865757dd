#include "task/agent/process_tree.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>

#include "base/subprocess.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Subprocess StartEnded() {
  Subprocess child = Subprocess::Spawn({.argv = {"/bin/true"}}).value();
  pollfd end{child.exit_fd(), POLLIN, 0};
  while (::poll(&end, 1, -1) < 0 && errno == EINTR) {
  }
  return child;
}

TEST(LivingDescendants, WaitsForEndedChildrenButNotForTheAwaited) {
  Subprocess awaited = StartEnded();
  const Subprocess other = StartEnded();
  EXPECT_THAT(LivingDescendants(awaited.pid()), IsEmpty());
  EXPECT_EQ(::waitpid(other.pid(), nullptr, WNOHANG), -1) << "somebody has waited already";
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(awaited.Wait().code, 0);
}

TEST(LivingDescendants, OrphansBecomeOurs) {
  ASSERT_TRUE(AdoptOrphans().ok());
  Subprocess shell = Subprocess::Spawn({.argv = {"/bin/sh", "-c", "sleep 1000 & exit 0"},
                                        .environment = {{"PATH", "/usr/bin:/bin"}}})
                         .value();
  shell.Wait();
  const auto living = LivingDescendants(0);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  ASSERT_THAT(living, SizeIs(1));
  EXPECT_TRUE(SignalProcess(living[0].id, SIGKILL));
  EXPECT_EQ(::waitpid(living[0].id.pid, nullptr, 0), living[0].id.pid);
}

}  // namespace
}  // namespace ameide::task
