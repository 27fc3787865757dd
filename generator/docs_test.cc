// The commands of the documentation, run one after the other as somebody would who reads it.
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

constexpr const char* kPages[] = {"docs/templates.md", "docs/profiles.md", "docs/lint.md"};

// What stands between ```sh and ```.
std::vector<std::string> ShellBlocks(const std::string& page) {
  std::vector<std::string> blocks;
  const std::string text = ReadFile(fs::path(AMEIDE_SOURCE_DIR) / page, 1 << 20).value();
  constexpr std::string_view kOpen = "\n```sh\n";
  for (size_t at = text.find(kOpen); at != std::string::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    blocks.push_back(text.substr(at, text.find("\n```", at) - at));
  }
  return blocks;
}

class DocsTest : public ::testing::Test {
 protected:
  void Run(const std::string& script) {
    const std::string path = StrCat(AMEIDE_BUILD_DIR, "/bin:", Get(ProcessEnvironment(), "PATH"));
    const auto run = RunCommand({.argv = {"sh", "-euc", script},
                                 .environment = {{"PATH", path}, {"HOME", dir_.path().string()}},
                                 .directory = dir_.path()},
                                {}, clock_);
    ASSERT_TRUE(run.ok()) << run.error().ToString();
    EXPECT_TRUE(run->status.Success()) << script << "\n" << run->out << run->err;
  }

  ameide::testing::TempDir dir_;
  SystemClock clock_;
};

bool NeedsTerraform(const std::string& block) { return block.starts_with("terraform "); }

TEST_F(DocsTest, EveryCommandWorks) {
  size_t count = 0;
  for (const char* page : kPages) {
    for (const std::string& block : ShellBlocks(page)) {
      if (NeedsTerraform(block)) continue;
      ++count;
      Run(block);
    }
  }
  EXPECT_GE(count, 8u);
}

TEST_F(DocsTest, CommandsOfTerraformWork) {
  const auto found = RunCommand({.argv = {"terraform", "version"},
                                 .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}}},
                                {}, clock_);
  if (!found.ok()) GTEST_SKIP() << "terraform is not on PATH";
  size_t count = 0;
  for (const std::string& block : ShellBlocks(kPages[0])) {
    count += NeedsTerraform(block);
    Run(block);
  }
  EXPECT_GE(count, 1u);
}

}  // namespace
}  // namespace ameide::generator
