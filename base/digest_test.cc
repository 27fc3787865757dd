#include "base/digest.h"

#include <sys/stat.h>

#include "base/files.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

constexpr char kOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kOfNothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(Sha256Hex(""), kOfNothing);
  EXPECT_EQ(Sha256Hex("abc"), kOfAbc);
}

TEST(Sha256, PiecesAreTheSameAsTheWhole) {
  Sha256 hash;
  hash.Update("a");
  hash.Update("");
  hash.Update("bc");
  EXPECT_EQ(hash.Hex(), kOfAbc);
}

TEST(Sha256HexOfFile, ReadsRegularFilesOnly) {
  const testing::TempDir dir;
  const fs::path file = dir.path() / "file";
  ASSERT_TRUE(WriteFileAtomically(file, "abc").ok());
  EXPECT_EQ(*Sha256HexOfFile(file), kOfAbc);
  fs::create_symlink(file, dir.path() / "link");
  ASSERT_EQ(::mkfifo((dir.path() / "fifo").c_str(), 0600), 0);
  for (const char* name : {"link", "fifo", ".", "absent", "/dev/zero"}) {
    EXPECT_FALSE(Sha256HexOfFile(dir.path() / name).ok()) << name;
  }
}

TEST(RandomHex, HasItsLengthAndDiffers) {
  EXPECT_EQ(RandomHex(0), "");
  const std::string first = RandomHex(16);
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(RandomHex(16), first);
}

}  // namespace
}  // namespace ameide
