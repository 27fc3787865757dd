#include "task/contract/manifest.h"

#include "base/digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

Manifest Small() {
  return {.work_id = "w-1",
          .run_id = "r-1",
          .files = {{"files/a b.txt", 3, Sha256Hex("abc")}, {"run.log", 0, Sha256Hex("")}},
          .omissions = {{"big.bin", "larger than 10 bytes"}}};
}

std::string CauseOf(const Manifest& manifest) {
  return ToError(ManifestFromJson(ToJson(manifest)).problems, "", "").cause;
}

TEST(Manifest, ComesBackEqual) {
  EXPECT_EQ(ManifestFromJson(*ParseJson(ToJson(Small()).DumpPretty())).value, Small());
  Manifest anonymous = Small();
  anonymous.work_id = anonymous.run_id = "";
  EXPECT_EQ(ManifestFromJson(ToJson(anonymous)).value, anonymous);
}

TEST(Manifest, HostilePathsAreRefused) {
  const std::string paths[] = {"",
                               "/etc/passwd",
                               "../x",
                               "a/../b",
                               "a//b",
                               "./a",
                               "a\\b",
                               "a\x1b[31mb",
                               "a\nb",
                               "manifest.json",
                               std::string(5000, 'a')};
  for (const std::string& path : paths) {
    Manifest manifest = Small();
    manifest.files = {{path, 0, Sha256Hex("")}};
    EXPECT_THAT(CauseOf(manifest), HasSubstr("/files/0/path: ")) << path;
  }
}

TEST(Manifest, PathsAreSortedUniqueAndNotNested) {
  const std::string digest = Sha256Hex("");
  Manifest manifest = Small();
  manifest.files = {{"b", 0, digest}, {"a", 0, digest}};
  EXPECT_EQ(CauseOf(manifest),
            "/files/1/path: is not greater than the path before it; sort paths and name each once");
  manifest.files = {{"a", 0, digest}, {"a", 0, digest}};
  EXPECT_NE(CauseOf(manifest), "");
  manifest.files = {{"a", 0, digest}, {"a-b", 0, digest}, {"a/b", 0, digest}};
  EXPECT_EQ(CauseOf(manifest), "/files/2/path: lies below another file of the manifest");
}

TEST(Manifest, DigestsAndSizesAreWellFormed) {
  for (const std::string& digest : {std::string(), std::string(63, 'a'), std::string(64, 'A'),
                                    std::string(64, 'g'), std::string(65, 'a')}) {
    Manifest manifest = Small();
    manifest.files[0].sha256 = digest;
    EXPECT_EQ(CauseOf(manifest), "/files/0/sha256: must be 64 lower-case hexadecimal digits");
  }
  for (const char* size : {"-1", "1.5", "1e3", "9223372036854775808", "\"1\""}) {
    Json json = ToJson(Small());
    Json file = (*json.Find("files")->AsArray())[0];
    file.Set("size", *ParseJson(size));
    json.Set("files", Json::Array{file});
    EXPECT_FALSE(ManifestFromJson(json).ok()) << size;
  }
}

TEST(Manifest, CountsAreBounded) {
  Manifest manifest = Small();
  manifest.omissions.assign(kMaxManifestFiles + 1, {"x", "y"});
  EXPECT_EQ(CauseOf(manifest), "/omissions: has 20001 entries, more than the 20000 allowed");
}

TEST(Manifest, OmissionsComeOutPrintable) {
  Manifest manifest = Small();
  manifest.omissions = {{"a\nb", "\x1b[2Jgone"}};
  const auto read = ManifestFromJson(ToJson(manifest));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value->omissions[0], (Omission{"a b", "gone"}));
}

}  // namespace
}  // namespace ameide::task
