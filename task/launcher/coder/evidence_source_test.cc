#include "task/launcher/coder/evidence_source.h"

#include <functional>
#include <map>

#include "base/digest.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/manifest.h"
#include "task/evidence/bundle.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

// What a workspace gives out, a few bytes at a time.
class Hostile final : public EvidenceSource {
 public:
  uint64_t chunk() const override { return 7; }
  Result<std::string> Read(std::stop_token, const std::string& path, uint64_t offset,
                           uint64_t length) override {
    const auto file = files.find(path);
    if (file == files.end()) return Error{ErrorKind::kNotFound, "read", path, "no such file", ""};
    return offset >= file->second.size() ? "" : file->second.substr(offset, length);
  }
  std::map<std::string, std::string> files;
};

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    const fs::path bundle = dir.path() / "bundle";
    const TaskResult result =
        testing::SampleResult(testing::SampleSpec("w"), FailureClass::kNone, WallTime());
    EXPECT_TRUE(
        testing::WriteSampleBundle(bundle, result, "hello\n", {{"diff.patch", "+two\n"}}).ok());
    for (const auto& entry : fs::recursive_directory_iterator(bundle)) {
      if (!entry.is_regular_file()) continue;
      source.files[fs::relative(entry.path(), bundle)] = *ReadFile(entry.path(), 1 << 20);
    }
  }
  Status Download(const std::string& manifest_sha256 = "") {
    return DownloadBundle({}, source, to, manifest_sha256);
  }
  void ExpectRefused(const Status& taken, const std::string& words) {
    ASSERT_FALSE(taken.ok()) << words;
    EXPECT_EQ(taken.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(taken.error().ToString(), HasSubstr(words));
    EXPECT_FALSE(Exists(to / kManifestFile)) << "a copy with a manifest is a whole one";
  }

  ::ameide::testing::TempDir dir;
  fs::path to = dir.path() / "copy";
  Hostile source;
};

TEST_F(DownloadTest, TakesABundleThatIsAsItsManifestSays) {
  const Status taken = Download(Sha256Hex(source.files[kManifestFile]));
  ASSERT_TRUE(taken.ok()) << taken.error().ToString();
  EXPECT_TRUE(VerifyBundle(to).ok());
}

TEST_F(DownloadTest, RefusesAFileWithOtherBytesOrAnotherSize) {
  std::string& patch = source.files["diff.patch"];
  patch = "-two\n";
  ExpectRefused(Download(), "SHA-256 is another one");
  ASSERT_TRUE(RemoveTree(to).ok());
  patch = "+two";
  ExpectRefused(Download(), "it ends after 4 of 5 bytes");
}

TEST_F(DownloadTest, RefusesAManifestThatTheAgentProgramDidNotSeal) {
  ExpectRefused(Download(Sha256Hex("another")), "not the one that the agent program sealed");
}

TEST_F(DownloadTest, RefusesPathsThatLeaveTheFolder) {
  std::string& manifest = source.files[kManifestFile];
  const size_t at = manifest.find("diff.patch");
  ASSERT_NE(at, std::string::npos);
  manifest.replace(at, 10, "../../etc.");
  source.files["../../etc."] = source.files["diff.patch"];
  EXPECT_FALSE(Download().ok());
  EXPECT_FALSE(Exists(dir.path() / "etc."));
}

TEST_F(DownloadTest, WithoutAManifestItSavesTheLogAlone) {
  source.files.erase(kManifestFile);
  const Status taken = Download();
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(*ReadFile(to / kRunLogFile, 100), HasSubstr("hello"));
  EXPECT_FALSE(Exists(to / "diff.patch"));
}

}  // namespace
}  // namespace ameide::task
