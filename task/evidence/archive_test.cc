#include "task/evidence/archive.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

struct ArchiveTest : ::testing::Test {
  fs::path MakeBundle(const std::string& name) {
    const fs::path bundle = temp.path() / name;
    BundleWriter writer = std::move(BundleWriter::Create(bundle)).value();
    EXPECT_TRUE(writer.AddFile(kRunLogFile, "").ok());
    EXPECT_TRUE(writer.AddFile(kDiffFile, std::string(ustar::kBlock, 'd')).ok());
    EXPECT_TRUE(writer
                    .AddFile(StrCat("files/", std::string(90, 'f'), "/", std::string(99, 'n')),
                             std::string(200'000, 'x'))
                    .ok());
    EXPECT_TRUE(writer.Finish(testing::SampleSuccess()).ok());
    return bundle;
  }
  std::string Bytes(const fs::path& file) { return ReadFile(file, 64u << 20).value(); }
  // Unpacks these bytes; the error, or nothing.
  std::string Refusal(const std::string& bytes, BundleLimits limits = {}) {
    const fs::path archive = temp.path() / "hostile.tar";
    const fs::path to = temp.path() / "unpacked";
    EXPECT_TRUE(WriteFileAtomically(archive, bytes).ok());
    const auto unpacked = UnpackBundle(archive, to, limits);
    EXPECT_EQ(Exists(to), unpacked.ok()) << "after an error nothing is left";
    return unpacked.ok() ? "" : unpacked.error().ToString();
  }
  ameide::testing::TempDir temp;
};

std::string Sum(std::string block) {
  block.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  block.replace(148, 8, std::string(text, 6) + std::string("\0 ", 2));
  return block;
}

// A member whose header was changed before its checksum was taken.
std::string Member(
    const std::string& path, const std::string& bytes,
    const std::function<void(std::string*)>& change = [](std::string*) {}) {
  std::string block = ustar::Header({"x", bytes.size()}).value();
  block.replace(0, 100, path + std::string(100 - path.size(), '\0'));
  change(&block);
  return Sum(block) + bytes + ustar::Padding(bytes.size());
}

std::string Type(const std::string& path, char type) {
  return Member(path, "", [type](std::string* block) { (*block)[156] = type; });
}

const std::string kEnd(2 * ustar::kBlock, '\0');

TEST_F(ArchiveTest, EqualBundlesGiveEqualBytesAndComeBack) {
  const fs::path first = MakeBundle("first");
  const fs::path second = MakeBundle("second");
  const auto packed = PackBundle(first, temp.path() / "1.tar");
  ASSERT_TRUE(packed.ok()) << packed.error().ToString();
  ASSERT_TRUE(PackBundle(second, temp.path() / "2.tar").ok());
  EXPECT_EQ(Bytes(temp.path() / "1.tar"), Bytes(temp.path() / "2.tar"));
  const auto unpacked = UnpackBundle(temp.path() / "1.tar", temp.path() / "again");
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().ToString();
  EXPECT_EQ(unpacked->manifest_sha256, packed->manifest_sha256);
  EXPECT_EQ(unpacked->manifest, packed->manifest);
}

TEST_F(ArchiveTest, TarReadsIt) {
  ASSERT_TRUE(PackBundle(MakeBundle("bundle"), temp.path() / "b.tar").ok());
  ASSERT_TRUE(MakeDirectories(temp.path() / "by-tar").ok());
  const auto ran = RunCommand({.argv = {"tar", "-xf", (temp.path() / "b.tar").string()},
                               .environment = {{"PATH", "/usr/bin:/bin"}},
                               .directory = temp.path() / "by-tar"},
                              {}, SystemClock());
  ASSERT_TRUE(ran.ok() && ran->status.Success()) << (ran.ok() ? ran->err : "");
  EXPECT_TRUE(VerifyBundle(temp.path() / "by-tar").ok());
}

TEST_F(ArchiveTest, PackingOverwritesNothingAndNeedsAGoodBundle) {
  const fs::path bundle = MakeBundle("bundle");
  ASSERT_TRUE(WriteFileAtomically(temp.path() / "b.tar", "mine").ok());
  EXPECT_EQ(PackBundle(bundle, temp.path() / "b.tar").error().kind, ErrorKind::kConflict);
  EXPECT_EQ(Bytes(temp.path() / "b.tar"), "mine");
  ASSERT_TRUE(WriteFileAtomically(bundle / kDiffFile, "other").ok());
  EXPECT_FALSE(PackBundle(bundle, temp.path() / "c.tar").ok());
  EXPECT_FALSE(Exists(temp.path() / "c.tar"));
}

TEST_F(ArchiveTest, AManifestThatLiesIsFoundOut) {
  const fs::path bundle = MakeBundle("bundle");
  ASSERT_TRUE(PackBundle(bundle, temp.path() / "b.tar").ok());
  std::string bytes = Bytes(temp.path() / "b.tar");
  bytes[bytes.find("dddd")] = 'D';
  EXPECT_THAT(Refusal(bytes), HasSubstr("its SHA-256 is"));
  EXPECT_THAT(Refusal(Member("aaa", "more") + Bytes(temp.path() / "b.tar")),
              HasSubstr("the manifest does not name it"));
  EXPECT_THAT(Refusal(kEnd), HasSubstr("it has no manifest.json"));
}

struct Hostile {
  const char* name;
  std::string bytes;
  const char* said;
};

class HostileArchive : public ArchiveTest, public ::testing::WithParamInterface<Hostile> {};

TEST_P(HostileArchive, IsRefused) {
  const BundleLimits limits{.file_bytes = 1000, .log_bytes = 1000, .total_bytes = 2000, .files = 2};
  EXPECT_THAT(Refusal(GetParam().bytes, limits), HasSubstr(GetParam().said));
}

std::string Broken(size_t at, std::string with) {
  return Member("a", "x", [&](std::string* block) { block->replace(at, with.size(), with); });
}

INSTANTIATE_TEST_SUITE_P(
    Cases, HostileArchive,
    ::testing::Values(
        Hostile{"Traversal", Member("../a", "x") + kEnd, "\"../a\": its path leads out"},
        Hostile{"TraversalInside", Member("a/../../b", "x") + kEnd, "its path leads out"},
        Hostile{"Absolute", Member("/etc/passwd", "x") + kEnd, "its path is absolute"},
        Hostile{"Dot", Member("./a", "x") + kEnd, "not a plain, printable, relative one"},
        Hostile{"Backslash", Member("a\\b", "x") + kEnd, "not a plain, printable"},
        Hostile{"Control", Member("a\nb", "x") + kEnd, "\"a\\nb\": its path is not a plain"},
        Hostile{"Escape", Member("a\x1b[2J", "x") + kEnd, "not a plain, printable"},
        Hostile{"NotUtf8", Member("a\xff", "x") + kEnd, "not a plain, printable"},
        Hostile{"Nul", Member(std::string("a\0b", 3), "x") + kEnd, "goes on behind a NUL"},
        Hostile{"NoName", Member("", "x") + kEnd, "it has no name"},
        Hostile{"HardLink", Type("a", '1') + kEnd, "it is a hard link"},
        Hostile{"SymbolicLink", Type("a", '2') + kEnd, "it is a symbolic link"},
        Hostile{"CharacterDevice", Type("a", '3') + kEnd, "it is a device"},
        Hostile{"BlockDevice", Type("a", '4') + kEnd, "it is a device"},
        Hostile{"Folder", Type("a", '5') + kEnd, "it is a folder"},
        Hostile{"Pipe", Type("a", '6') + kEnd, "it is a pipe"},
        Hostile{"Pax", Type("a", 'x') + kEnd, "it is a pax extension"},
        Hostile{"GlobalPax", Type("a", 'g') + kEnd, "it is a pax extension"},
        Hostile{"GnuLongName", Type("a", 'L') + kEnd, "it is a GNU extension"},
        Hostile{"Sparse", Type("a", 'S') + kEnd, "it is a sparse file"},
        Hostile{"UnknownType", Type("a", 'Z') + kEnd, "it is of an unknown type"},
        Hostile{"OldTar", Broken(257, std::string(8, '\0')) + kEnd, "it is no ustar"},
        Hostile{"Twice", Member("a", "x") + Member("a", "y") + kEnd, "\"a\": it is there twice"},
        Hostile{"Unsorted", Member("b", "x") + Member("a", "y") + kEnd, "it comes after \"b\""},
        Hostile{"FileWhereFolder", Member("a", "x") + Member("a/b", "y") + kEnd,
                "\"a\" is a file, not a folder"},
        Hostile{"TooMany",
                Member("a", "") + Member("b", "") + Member("c", "") + Member("d", "") + kEnd,
                "\"d\": there are more than 3 members"},
        Hostile{"TooLarge", Member("a", std::string(1001, 'x')) + kEnd,
                "its 1001 bytes are over the limit"},
        // Claims to be large: refused before a byte of it is written or looked for.
        Hostile{"Bomb", Broken(124, "00077777777") + kEnd, "its 16777215 bytes are over the limit"},
        Hostile{"CutInMember", Member("a", std::string(900, 'x')).substr(0, 900),
                "\"a\": the archive is cut off"},
        Hostile{"CutInHeader", Member("a", "x").substr(0, 300), "the archive is cut off"},
        Hostile{"NoEnd", Member("a", "x"), "the archive is cut off"},
        Hostile{"HalfAnEnd", Member("a", "x") + std::string(ustar::kBlock, '\0'), "is cut off"},
        Hostile{"HalfAnEndAndMore",
                Member("a", "x") + std::string(ustar::kBlock, '\0') + Member("b", "x"),
                "only one block of zeros"},
        Hostile{"TrailingGarbage", Member("a", "x") + kEnd + "!", "1 bytes lie behind"},
        Hostile{"TrailingZeros", Member("a", "x") + kEnd + kEnd, "1024 bytes lie behind"},
        Hostile{"Checksum", Member("a", "x").replace(0, 1, "b") + kEnd, "checksum is wrong"},
        Hostile{"NoTar", std::string(2000, 'z'), "this is no tar archive"},
        Hostile{"Empty", "", "cut off"},
        Hostile{"BinarySize", Broken(124, "\x80\0\0\0\0\0\0\0\0\0\0\x01") + kEnd, "eleven octal"},
        Hostile{"Mode", Broken(100, "0004755") + kEnd, "a mode, an owner"},
        Hostile{"Owner", Broken(108, "0000001") + kEnd, "a mode, an owner"},
        Hostile{"Time", Broken(136, "00000000001") + kEnd, "a mode, an owner"},
        Hostile{"LinkName", Broken(157, "/etc/passwd") + kEnd, "a mode, an owner"},
        Hostile{"UserName", Broken(265, "root") + kEnd, "a mode, an owner"},
        Hostile{"Padding", Member("a", "x").replace(1000, 1, "!") + kEnd,
                "its last block is not filled with zeros"}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace ameide::task
