#include "base/ustar.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide::ustar {
namespace {

TEST(Ustar, SplitsLongPathsAndRefusesWhatUstarCannotSay) {
  EXPECT_TRUE(Header({std::string(100, 'a'), 1}).ok());
  EXPECT_FALSE(Header({std::string(101, 'a'), 1}).ok());
  EXPECT_TRUE(Header({std::string(155, 'a') + "/" + std::string(100, 'b'), 1}).ok());
  EXPECT_FALSE(Header({std::string(156, 'a') + "/" + std::string(100, 'b'), 1}).ok());
  EXPECT_FALSE(Header({std::string(120, 'a') + "/", 1}).ok()) << "the rest would have no name";
  EXPECT_TRUE(Header({"a", (1ull << 33) - 1}).ok());
  EXPECT_FALSE(Header({"a", 1ull << 33}).ok());
}

TEST(Ustar, TarReadsIt) {
  const testing::TempDir temp;
  const std::string path = std::string(99, 'f') + "/" + std::string(99, 'n');
  const std::string tar =
      Header({path, 3}).value() + "abc" + Padding(3) + std::string(2 * kBlock, '\0');
  EXPECT_EQ(tar.size(), 4 * kBlock);
  WriteFileAtomically(temp.path() / "a.tar", tar).value();
  const auto listed = RunCommand({.argv = {"tar", "-tvf", "a.tar"},
                                  .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}},
                                  .directory = temp.path()},
                                 {.timeout = Millis(20'000)}, SystemClock());
  ASSERT_TRUE(listed.ok()) << listed.error().ToString();
  EXPECT_EQ(listed->status.ShellCode(), 0) << listed->err;
  EXPECT_NE(listed->out.find("-rw-r--r-- 0/0 "), std::string::npos) << listed->out;
  EXPECT_NE(listed->out.find(path), std::string::npos) << listed->out;
}

}  // namespace
}  // namespace ameide::ustar
