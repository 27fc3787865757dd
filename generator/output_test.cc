#include "generator/output.h"

#include <sys/stat.h>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

class Output : public ::testing::Test {
 protected:
  std::string Read(const std::string& path) {
    const auto bytes = ReadFile(folder_ / path, 1 << 20);
    return bytes.ok() ? *bytes : "<none>";
  }
  void Put(const std::string& path, std::string_view bytes) {
    ASSERT_TRUE(MakeDirectories((folder_ / path).parent_path()).ok());
    ASSERT_TRUE(WriteFileAtomically(folder_ / path, bytes).ok());
  }
  Written Write(const FileSet& files) {
    const auto written = WriteFolder(folder_, files);
    EXPECT_TRUE(written.ok()) << written.error().ToString();
    return written.ok() ? *written : Written{};
  }
  ameide::testing::TempDir dir_;
  fs::path folder_ = dir_.path() / "t" / "code";
};

using Names = std::vector<std::string>;

TEST_F(Output, WritesWhatChangedAndRemovesWhatItOnceWrote) {
  EXPECT_EQ(Write({{"a", "1"}, {"sub/b", "2"}}).written, (Names{"a", "sub/b"}));
  EXPECT_EQ(Read("sub/b"), "2");
  EXPECT_TRUE(Write({{"a", "1"}, {"sub/b", "2"}}).written.empty());
  const Written third = Write({{"a", "3"}});
  EXPECT_EQ(third.written, Names{"a"});
  EXPECT_EQ(third.removed, Names{"sub/b"});
  EXPECT_EQ(Read("a"), "3");
  EXPECT_FALSE(Exists(folder_ / "sub"));
}

TEST_F(Output, FoldersAreForWhomTheUmaskSays) {
  const mode_t before = ::umask(022);
  Write({{"sub/a", "1"}});
  ::umask(before);
  for (const fs::path& folder : {folder_, folder_ / "sub"}) {
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms{0755}) << folder;
  }
}

TEST_F(Output, LeavesForeignFilesAlone) {
  Put("mine", "mine");
  Write({{"a", "1"}});
  Write({});
  EXPECT_EQ(Read("mine"), "mine");
  EXPECT_EQ(Read("a"), "<none>");
}

TEST_F(Output, RefusesToReplaceWhatItDidNotMakeAndChangesNothing) {
  Put("b", "mine");
  const auto written = WriteFolder(folder_, {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(written.error().cause, "not made by us, or edited since: b");
  EXPECT_EQ(Read("b"), "mine");
  EXPECT_EQ(Read("a"), "<none>");
}

TEST_F(Output, RefusesToRemoveWhatWasEdited) {
  Write({{"a", "1"}, {"b", "2"}});
  Put("b", "edited");
  EXPECT_FALSE(WriteFolder(folder_, {{"a", "1"}}).ok());
  EXPECT_EQ(Read("b"), "edited");
}

TEST_F(Output, AdoptsAFileThatIsAlreadyRight) {
  Put("a", "1");
  EXPECT_TRUE(Write({{"a", "1"}}).written.empty());
  EXPECT_EQ(Write({{"a", "2"}}).written, Names{"a"});
}

TEST_F(Output, NeverWritesThroughALink) {
  ASSERT_TRUE(MakeDirectories(folder_).ok());
  const fs::path elsewhere = dir_.path() / "elsewhere";
  ASSERT_TRUE(MakeDirectories(elsewhere).ok());
  fs::create_directory_symlink(elsewhere, folder_ / "sub");
  const auto written = WriteFolder(folder_, {{"sub/a", "1"}});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().kind, ErrorKind::kDenied);
  EXPECT_TRUE(fs::is_empty(elsewhere));
}

TEST_F(Output, BadMarksAreAnErrorAndNoPathOutside) {
  Put(kMarkFile, StrCat(std::string(64, 'a'), "  ../outside\n"));
  const auto written = WriteFolder(folder_, {{"a", "1"}});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().cause, "a line is not '<sha256>  <path>'");
}

TEST_F(Output, DiffShowsChangedMissingAndUnrenderedFiles) {
  const FileSet files = {{"a", "1\n"}, {"b", "2\n"}};
  Write(files);
  EXPECT_EQ(*DiffFolder(folder_, files), "");
  Put("a", "x\n");
  fs::remove(folder_ / "b");
  Put("extra.tf", "");
  Put(".terraform/x", "");
  const std::string at = folder_.string();
  EXPECT_EQ(*DiffFolder(folder_, files),
            StrCat("--- ", at, "/a\n+++ ", at, "/a\n@@ -1 +1 @@\n-x\n+1\n", "--- /dev/null\n+++ ",
                   at, "/b\n@@ -0,0 +1 @@\n+2\n", "Not rendered: ", at, "/extra.tf\n"));
}

TEST_F(Output, DiffOfAMissingFolderIsAllOfIt) {
  EXPECT_NE(DiffFolder(folder_, {{"a", "1\n"}})->find("+1"), std::string::npos);
}

}  // namespace
}  // namespace ameide::generator
