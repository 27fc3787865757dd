#include "acceptance/coder_simulator/tar_reader.h"

#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "base/ustar.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator {
namespace {

using ::testing::HasSubstr;

// An archive with one member of that name and type.
std::string OneMember(const std::string& name, char type) {
  std::string tar = WriteTar({{name, "x"}});
  tar[ustar::kType.at] = type;
  const std::string checksum = ustar::ChecksumOf(tar.substr(0, ustar::kBlock));
  tar.replace(ustar::kChecksum.at, checksum.size(), checksum);
  return tar;
}

TEST(Tar, ReadsBackWhatItWrote) {
  const TemplateFiles files = {
      {"main.tf", "a"}, {"empty", ""}, {"sub/two", std::string(1500, 'z')}};
  EXPECT_EQ(ReadTar(WriteTar(files)).value(), files);
}

TEST(Tar, ReadsWhatTarWrites) {
  const ameide::testing::TempDir folder;
  MakeDirectories(folder.path() / "in/sub").value();
  WriteFileAtomically(folder.path() / "in/main.tf", "a = 1\n").value();
  WriteFileAtomically(folder.path() / "in/sub/x", std::string(700, 'y')).value();
  const auto made =
      RunCommand({.argv = {"tar", "--format=ustar", "-C", "in", "-cf", "out.tar", "main.tf", "sub"},
                  .environment = {{"PATH", "/usr/bin:/bin"}},
                  .directory = folder.path()},
                 {}, SystemClock());
  ASSERT_TRUE(made.ok() && made->status.Success());
  const auto files = ReadTar(ReadFile(folder.path() / "out.tar", 1u << 20).value());
  ASSERT_TRUE(files.ok()) << files.error().ToString();
  EXPECT_EQ(files->size(), 2u);
  EXPECT_EQ(files->at("sub/x").size(), 700u);
}

TEST(Tar, MembersThatLeaveTheArchiveAreRefused) {
  for (const char* name : {"../up", "/etc/passwd", "a/../../b", "a//b", "", "./x"}) {
    EXPECT_FALSE(ReadTar(OneMember(name, '0')).ok()) << name;
  }
}

TEST(Tar, LinksDevicesAndExtensionsAreRefused) {
  for (const char type : {'1', '2', '3', '4', '6', 'x', 'g', 'L'}) {
    const auto files = ReadTar(OneMember("name", type));
    ASSERT_FALSE(files.ok()) << type;
    EXPECT_THAT(files.error().cause, HasSubstr("only files and folders")) << type;
  }
}

TEST(Tar, DamagedArchivesAreRefused) {
  const std::string good = WriteTar({{"main.tf", std::string(600, 'a')}});
  EXPECT_FALSE(ReadTar("").ok());
  EXPECT_FALSE(ReadTar("not a tar").ok());
  for (const size_t size : {512u, 600u, 1024u, 1100u}) {
    EXPECT_FALSE(ReadTar(good.substr(0, size)).ok()) << size;
  }
  std::string flipped = good;
  flipped[0] ^= 1;
  EXPECT_FALSE(ReadTar(flipped).ok());
}

}  // namespace
}  // namespace ameide::simulator
