#include "task/agent/tool_path.h"

#include <sys/stat.h>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ToolPathTest : public ::testing::Test {
 protected:
  void Program(const std::string& folder, const std::string& name, unsigned mode = 0700) {
    const fs::path file = temp_.path() / folder / name;
    ASSERT_TRUE(MakeDirectories(file.parent_path()).ok());
    ASSERT_TRUE(WriteFileAtomically(file, "#!/bin/sh\n", mode).ok());
  }
  std::string Path() const {
    return StrCat("relative:", (temp_.path() / "a").string(), ":", (temp_.path() / "b").string());
  }
  ameide::testing::TempDir temp_;
  fs::path folder_ = temp_.path() / "tools";
};

TEST_F(ToolPathTest, LinksTheFirstOfEachNameAndNamesTheMissing) {
  Program("a", "tool");
  Program("b", "tool");
  Program("a", "plain", 0600);
  Program("b", "plain");
  Program("b", "sed");
  Program("b", "unlisted");
  const auto made = MakeToolPath(folder_, {"tool", "plain", "absent", "tool"}, Path());
  ASSERT_TRUE(made.ok()) << made.error().ToString();
  EXPECT_THAT(made->missing, ElementsAre("absent"));
  EXPECT_EQ(fs::read_symlink(folder_ / "tool"), temp_.path() / "a/tool");
  EXPECT_EQ(fs::read_symlink(folder_ / "plain"), temp_.path() / "b/plain");
  EXPECT_EQ(fs::read_symlink(folder_ / "sed"), temp_.path() / "b/sed");
  EXPECT_FALSE(Exists(folder_ / "unlisted"));
}

TEST_F(ToolPathTest, NamesThatLeaveTheFolderAreRefused) {
  for (const char* name : {"../x", "a/b", "", "/bin/sh", ".."}) {
    EXPECT_FALSE(MakeToolPath(folder_, {name}, Path()).ok()) << name;
  }
}

TEST_F(ToolPathTest, ASystemHasTheWholeBaseSet) {
  ASSERT_TRUE(MakeToolPath(folder_, {}, "/usr/local/bin:/usr/bin:/bin").ok());
  std::vector<std::string> absent;
  for (const std::string_view name : BaseTools()) {
    // Only for ssh:// repositories, so an image without it is complete.
    if (name != "ssh" && !Exists(folder_ / name)) absent.emplace_back(name);
  }
  EXPECT_THAT(absent, IsEmpty());
}

}  // namespace
}  // namespace ameide::task
