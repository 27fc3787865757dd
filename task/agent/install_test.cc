#include "task/agent/install.h"

#include <sys/stat.h>

#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

unsigned ModeOf(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

// As in an image that holds nothing else: no PATH, no shell.
CommandResult Agent(const fs::path& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program.string());
  const SystemClock clock;
  Result<CommandResult> result = RunCommand({.argv = std::move(arguments)}, {}, clock);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().ToString());
  return result.ok() ? *result : CommandResult{};
}

const fs::path kAgent = fs::path(AMEIDE_BUILD_DIR) / "bin" / "ameide-agent";

TEST(Install, TheCopyIsTheProgramAndCanCopyItselfOn) {
  const testing::TempDir temp;
  const fs::path there = temp.path() / "a b" / "bin";
  const fs::path further = temp.path() / "further";
  ASSERT_EQ(Agent(kAgent, {"install", there.string()}).status.code, 0);
  EXPECT_EQ(ModeOf(there), 0755u);
  EXPECT_EQ(ModeOf(there / kAgentProgram), 0755u);
  ASSERT_EQ(Agent(there / kAgentProgram, {"install", there.string(), further.string()}).status.code,
            0)
      << "also over the file that is running";
  EXPECT_EQ(Agent(further / kAgentProgram, {"--version"}).out, Agent(kAgent, {"--version"}).out);
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(there)) files += entry.exists() ? 1 : 0;
  EXPECT_EQ(files, 1u) << "nothing temporary is left";
}

TEST(Install, AFolderThatCannotBeIsNamed) {
  const testing::TempDir temp;
  ASSERT_TRUE(WriteFileAtomically(temp.path() / "file", "x").ok());
  const std::string folder = (temp.path() / "file" / "bin").string();
  const CommandResult result = Agent(kAgent, {"install", folder});
  EXPECT_EQ(result.status.code, 245);
  EXPECT_THAT(result.err, HasSubstr(folder));
  EXPECT_EQ(Agent(kAgent, {"install"}).status.code, 2);
}

}  // namespace
}  // namespace ameide::task
