#include "base/files.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

constexpr uint64_t kPlenty = 1u << 20;

class Files : public ::testing::Test {
 protected:
  fs::path At(const std::string& name) const { return dir_.path() / name; }
  void Write(const std::string& name, std::string_view bytes) const {
    ASSERT_TRUE(WriteFileAtomically(At(name), bytes).ok());
  }
  testing::TempDir dir_;
};

TEST_F(Files, ReadGivesBackWhatWasWritten) {
  const std::string bytes("a\0b\xff", 4);
  Write("f", bytes);
  EXPECT_EQ(*ReadFile(At("f"), kPlenty), bytes);
  EXPECT_EQ(*ReadFile(At("f"), 4), bytes);
  const auto over = ReadFile(At("f"), 3);
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().kind, ErrorKind::kInvalid);
}

TEST_F(Files, ReadErrorsHaveTheirKinds) {
  EXPECT_EQ(ReadFile(At("absent"), kPlenty).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(ReadFile(dir_.path(), kPlenty).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ReadFile("/dev/null", kPlenty).error().cause, "not a regular file");
}

TEST_F(Files, FifoDoesNotHangAReader) {
  ASSERT_EQ(::mkfifo(At("fifo").c_str(), 0600), 0);
  EXPECT_FALSE(ReadFile(At("fifo"), kPlenty).ok());
  EXPECT_FALSE(ReadFileTail(At("fifo"), kPlenty).ok());
  EXPECT_FALSE(CopyRegularFile(At("fifo"), At("copy"), kPlenty).ok());
}

TEST_F(Files, TailIsTheEndOfTheFile) {
  Write("f", "0123456789");
  EXPECT_EQ(*ReadFileTail(At("f"), 3), "789");
  EXPECT_EQ(*ReadFileTail(At("f"), 100), "0123456789");
  EXPECT_EQ(*ReadFileTail(At("f"), 0), "");
}

TEST_F(Files, AtomicWriteReplacesSetsTheModeAndLeavesNothingElse) {
  Write("f", "old");
  ASSERT_TRUE(WriteFileAtomically(At("f"), "new", 0640).ok());
  struct stat info {};
  ASSERT_EQ(::stat(At("f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
  EXPECT_EQ(*ReadFile(At("f"), kPlenty), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), {}), 1);
  EXPECT_EQ(WriteFileAtomically(At("no/f"), "x").error().kind, ErrorKind::kNotFound);
}

TEST_F(Files, AtomicWriteReplacesALinkAndNotItsTarget) {
  Write("target", "kept");
  fs::create_symlink(At("target"), At("link"));
  ASSERT_TRUE(WriteFileAtomically(At("link"), "new").ok());
  EXPECT_EQ(*ReadFile(At("target"), kPlenty), "kept");
  EXPECT_FALSE(fs::is_symlink(At("link")));
}

TEST_F(Files, MakeDirectoriesIsIdempotentAndPrivate) {
  ASSERT_TRUE(MakeDirectories(At("a/b/c")).ok());
  ASSERT_TRUE(MakeDirectories(At("a/b/c")).ok());
  struct stat info {};
  ASSERT_EQ(::stat(At("a/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  Write("file", "");
  EXPECT_FALSE(MakeDirectories(At("file")).ok());
  EXPECT_FALSE(MakeDirectories(At("file/below")).ok());
}

TEST_F(Files, TempDirectoriesAreFresh) {
  const auto first = MakeTempDirectory(At("tmp"), "x-");
  const auto second = MakeTempDirectory(At("tmp"), "x-");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(*first, *second);
  EXPECT_TRUE(fs::is_directory(*first));
}

TEST_F(Files, RemoveTreeNeverCrossesALink) {
  ASSERT_TRUE(MakeDirectories(At("outside")).ok());
  Write("outside/kept", "kept");
  ASSERT_TRUE(MakeDirectories(At("tree/sub")).ok());
  fs::create_symlink(At("outside"), At("tree/sub/link"));
  fs::create_symlink(At("tree"), At("link"));
  ASSERT_TRUE(RemoveTree(At("link")).ok());
  EXPECT_TRUE(Exists(At("tree/sub/link")));
  ASSERT_TRUE(RemoveTree(At("tree")).ok());
  EXPECT_FALSE(Exists(At("tree")));
  EXPECT_TRUE(Exists(At("outside/kept")));
  EXPECT_TRUE(RemoveTree(At("tree")).ok()) << "absent is success";
}

// Permissions do not bind root, so as root the test steps down to an ordinary user first.
TEST_F(Files, RemoveTreeTakesReadOnlyFoldersToo) {
  ASSERT_TRUE(MakeDirectories(At("tree/a/b")).ok());
  Write("tree/a/b/f", "x");
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  const absl::Cleanup back = [&] {
    if (root) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  };
  if (root) {
    for (const char* name : {".", "tree", "tree/a", "tree/a/b", "tree/a/b/f"}) {
      ASSERT_EQ(::chown(At(name).c_str(), kNobody, static_cast<gid_t>(-1)), 0);
    }
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  for (const char* name : {"tree/a/b", "tree/a", "tree"})
    ASSERT_EQ(::chmod(At(name).c_str(), 0), 0);
  EXPECT_NE(::unlink(At("tree/a/b/f").c_str()), 0);
  const Status removed = RemoveTree(At("tree"));
  EXPECT_TRUE(removed.ok()) << removed.error().ToString();
  EXPECT_FALSE(Exists(At("tree")));
}

TEST_F(Files, ExistsSeesDanglingLinks) {
  fs::create_symlink(At("nowhere"), At("link"));
  EXPECT_TRUE(Exists(At("link")));
  EXPECT_FALSE(Exists(At("nowhere")));
}

TEST_F(Files, CopyTakesRegularFilesOfFairSizeOnly) {
  Write("f", "12345");
  fs::create_symlink(At("f"), At("link"));
  EXPECT_EQ(*CopyRegularFile(At("f"), At("copy"), 5), 5u);
  EXPECT_EQ(*ReadFile(At("copy"), kPlenty), "12345");
  EXPECT_EQ(CopyRegularFile(At("f"), At("copy"), 5).error().kind, ErrorKind::kConflict);
  EXPECT_FALSE(CopyRegularFile(At("link"), At("copy2"), 5).ok());
  EXPECT_FALSE(CopyRegularFile(dir_.path(), At("copy2"), 5).ok());
  EXPECT_EQ(CopyRegularFile(At("f"), At("copy2"), 4).error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(Exists(At("copy2"))) << "nothing half is left";
}

TEST_F(Files, CopyLeavesNothingWhenReadingFails) {
  // A regular file for stat(2), but nobody has memory at address 0.
  const auto copied = CopyRegularFile("/proc/self/mem", At("copy"), kPlenty);
  ASSERT_FALSE(copied.ok());
  EXPECT_EQ(copied.error().operation, "read");
  EXPECT_FALSE(Exists(At("copy")));
}

TEST_F(Files, CopyLeavesNothingWhenWritingFails) {
  Write("f", std::string(1000, 'x'));
  const auto copied = [&] {
    // Half of it fits; a file over the limit would end us by SIGXFSZ if we did not ignore it.
    rlimit before{};
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit half{500, before.rlim_max};
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &half), 0);
    const absl::Cleanup back = [&] {
      ::setrlimit(RLIMIT_FSIZE, &before);
      ::signal(SIGXFSZ, handler);
    };
    return CopyRegularFile(At("f"), At("copy"), kPlenty);
  }();
  ASSERT_FALSE(copied.ok());
  EXPECT_EQ(copied.error().operation, "write");
  EXPECT_FALSE(Exists(At("copy")));
}

TEST_F(Files, CopyNeverRemovesWhatItDidNotMake) {
  Write("to", "kept");
  EXPECT_FALSE(CopyRegularFile("/proc/self/mem", At("to"), kPlenty).ok());
  EXPECT_EQ(*ReadFile(At("to"), kPlenty), "kept");
}

TEST(IsSafeRelativePath, TakesPlainComponentsOnly) {
  for (const std::string& good : {std::string("a"), std::string("a/b.c"), std::string("..."),
                                  std::string(".a"), std::string("a b")}) {
    EXPECT_TRUE(IsSafeRelativePath(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("."),
        std::string("a/../b"), std::string(".."), std::string("a\\b"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(IsSafeRelativePath(bad)) << bad;
  }
}

TEST(ErrnoError, ChoosesKindsByWhatHelps) {
  EXPECT_EQ(ErrnoError(ENOENT, "read", "x").kind, ErrorKind::kNotFound);
  EXPECT_EQ(ErrnoError(EACCES, "read", "x").kind, ErrorKind::kDenied);
  EXPECT_EQ(ErrnoError(EEXIST, "make", "x").kind, ErrorKind::kConflict);
  EXPECT_EQ(ErrnoError(ENOSPC, "write", "x").kind, ErrorKind::kUnavailable);
  EXPECT_EQ(ErrnoError(EISDIR, "read", "x", "name a file").ToString(),
            "read x: Is a directory; name a file");
}

}  // namespace
}  // namespace ameide
