#include "provider/plugin/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "base/files.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::plugin {
namespace {

using ::testing::HasSubstr;

mode_t ModeOf(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

bool CanConnect(const fs::path& socket) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

TEST(Listener, AcceptsFromTheMomentItExists) {
  const ameide::testing::TempDir folder;
  auto listener = Listener::Open({folder.path()}, "");
  ASSERT_TRUE(listener.ok()) << listener.error().ToString();
  EXPECT_TRUE(CanConnect(listener->socket()));
  auto connection = listener->Accept();
  ASSERT_TRUE(connection.ok());
  EXPECT_TRUE(connection->valid());
}

// A process id that was ours to give away and is free again.
pid_t EndedProcess() {
  auto child = Subprocess::Spawn({.argv = {"/bin/true"}});
  EXPECT_TRUE(child.ok());
  child->Wait();
  return child->pid();
}

// A socket folder as a provider with `pid` leaves it; listening while the descriptor lives.
UniqueFd LeaveSocket(const fs::path& home) {
  fs::create_directory(home);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string socket = (home / "s").native();
  std::memcpy(address.sun_path, socket.c_str(), socket.size());
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(fd.get(), 1), 0);
  return fd;
}

TEST(Listener, RemovesOnlyWhatKilledProvidersLeft) {
  const ameide::testing::TempDir folder;
  const std::string dead = std::to_string(EndedProcess());
  const fs::path stale = folder.path() / ("ameide-" + dead + "-aaaaaa");
  const fs::path answering = folder.path() / ("ameide-" + dead + "-bbbbbb");
  const fs::path alive = folder.path() / ("ameide-" + std::to_string(::getpid()) + "-cccccc");
  const fs::path foreign = folder.path() / "ameide-notes-dddddd";
  LeaveSocket(stale);  // closed at once: nobody listens any more
  const UniqueFd listening = LeaveSocket(answering);
  LeaveSocket(alive);
  LeaveSocket(foreign);
  auto listener = Listener::Open({folder.path()}, "");
  ASSERT_TRUE(listener.ok());
  listener->RemoveStale();
  EXPECT_FALSE(fs::exists(stale));
  EXPECT_TRUE(fs::exists(answering));
  EXPECT_TRUE(fs::exists(alive));
  EXPECT_TRUE(fs::exists(foreign));
  EXPECT_TRUE(CanConnect(listener->socket()));
}

TEST(Listener, NobodyWaitingIsNoError) {
  const ameide::testing::TempDir folder;
  auto listener = Listener::Open({folder.path()}, "");
  ASSERT_TRUE(listener.ok());
  auto connection = listener->Accept();
  ASSERT_TRUE(connection.ok());
  EXPECT_FALSE(connection->valid());
}

TEST(Listener, FolderIsPrivateAndNameFitsThePromise) {
  const ameide::testing::TempDir folder;
  auto listener = Listener::Open({folder.path()}, "");
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ(ModeOf(listener->socket().parent_path()), 0700u);
  EXPECT_LE(listener->socket().native().size(),
            folder.path().native().size() + 1 + kSocketTailBytes);
}

TEST(Listener, GroupMayUseTheSocketButNotListTheFolder) {
  const ameide::testing::TempDir folder;
  auto listener = Listener::Open({folder.path()}, std::to_string(::getegid()));
  ASSERT_TRUE(listener.ok()) << listener.error().ToString();
  EXPECT_EQ(ModeOf(listener->socket()), 0660u);
  EXPECT_EQ(ModeOf(listener->socket().parent_path()), 0710u);
}

TEST(Listener, UnknownGroupIsNamedAndLeavesNothing) {
  const ameide::testing::TempDir folder;
  auto listener = Listener::Open({folder.path()}, "no-such-group-here");
  ASSERT_FALSE(listener.ok());
  EXPECT_EQ(listener.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(listener.error().ToString(), HasSubstr("no-such-group-here"));
  EXPECT_THAT(listener.error().ToString(), HasSubstr("PLUGIN_UNIX_SOCKET_GROUP"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Listener, FallsBackWhenAFolderCannotBeUsed) {
  const ameide::testing::TempDir folder;
  const fs::path absent = folder.path() / "absent";
  const fs::path file = folder.path() / "file";
  ASSERT_TRUE(WriteFileAtomically(file, "no folder").ok());
  auto listener = Listener::Open({absent, file, folder.path()}, "");
  ASSERT_TRUE(listener.ok()) << listener.error().ToString();
  EXPECT_EQ(listener->socket().parent_path().parent_path(), folder.path());
  EXPECT_FALSE(Exists(absent)) << "nothing is made in passing";
}

TEST(Listener, TooLongAPathIsAnErrorThatLeavesNothing) {
  const ameide::testing::TempDir folder;
  const fs::path deep = folder.path() / std::string(100, 'd');
  ASSERT_TRUE(MakeDirectories(deep).ok());
  auto listener = Listener::Open({deep}, "");
  ASSERT_FALSE(listener.ok());
  EXPECT_THAT(listener.error().ToString(), HasSubstr("TMPDIR"));
  EXPECT_TRUE(fs::is_empty(deep));
}

TEST(Listener, CloseRemovesSocketAndFolderAndMayRepeat) {
  const ameide::testing::TempDir folder;
  auto listener = Listener::Open({folder.path()}, "");
  ASSERT_TRUE(listener.ok());
  listener->Close();
  listener->Close();
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Listener, MovedFromObjectRemovesNothing) {
  const ameide::testing::TempDir folder;
  auto opened = Listener::Open({folder.path()}, "");
  ASSERT_TRUE(opened.ok());
  {
    const Listener listener = std::move(opened).value();
    // NOLINTNEXTLINE(bugprone-use-after-move): what a moved-from object does is the test.
    { const Listener husk = std::move(*opened); }
    EXPECT_TRUE(CanConnect(listener.socket()));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace ameide::plugin
