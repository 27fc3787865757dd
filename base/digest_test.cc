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

// RFC 4231, test case 2.
TEST(HmacSha256, IsTheStandardsOwn) {
  std::string hex;
  for (const unsigned char byte : HmacSha256("Jefe", "what do ya want for nothing?")) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  EXPECT_EQ(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Sha256, HexIsSixtyFourLowerCaseDigits) {
  EXPECT_TRUE(IsSha256Hex(Sha256Hex("")));
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(65, 'a'),
                                  std::string(64, 'A'), std::string(63, 'a') + " "}) {
    EXPECT_FALSE(IsSha256Hex(text)) << text;
  }
}

}  // namespace
}  // namespace ameide
