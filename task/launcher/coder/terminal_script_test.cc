// The commands run through a real sh here: what matters is what a shell makes of them.
#include "task/launcher/coder/terminal_script.h"

#include <signal.h>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

class TerminalScript : public ::testing::Test {
 protected:
  TerminalScript() {
    EXPECT_TRUE(MakeDirectories(evidence / "files").ok());
    environment["AMEIDE_ROOT"] = dir.path().string();
  }
  // As a terminal would show it.
  std::string Shown(const std::string& command) {
    const fs::path out = dir.path() / "shown";
    EXPECT_TRUE(RemoveTree(out).ok());
    SpawnOptions options;
    options.argv = {"/bin/sh", "-c", StrCat("{ ", command, "; } >", out.string(), " </dev/null")};
    options.environment = environment;
    options.directory = dir.path();
    auto child = Subprocess::Spawn(options);
    EXPECT_TRUE(child.ok());
    child->Wait();
    return StrReplaceAll(*ReadFile(out, 1 << 20), "\n", "\r\n");
  }

  ::ameide::testing::TempDir dir;
  fs::path evidence = dir.path() / "workspaces/code/evidence";
  Environment environment = ProcessEnvironment();
};

TEST_F(TerminalScript, AnyBytesComeThroughInPieces) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7);
  const std::string name = "files/it's a $(name).bin";
  ASSERT_TRUE(WriteFileAtomically(evidence / name, bytes).ok());
  std::string got;
  for (const uint64_t offset : {0, 400, 800}) {
    const auto chunk =
        ChunkShown(Shown(ReadChunkCommand("code", name, offset, 400, "nonce")), "nonce");
    ASSERT_TRUE(chunk.ok()) << chunk.error().ToString();
    got += *chunk;
  }
  EXPECT_EQ(got, bytes);
  const auto behind = ChunkShown(Shown(ReadChunkCommand("code", name, 1000, 400, "n")), "n");
  EXPECT_EQ(*behind, "");
}

TEST_F(TerminalScript, AbsentFilesAndLinksAreNotThere) {
  fs::create_symlink("/etc/passwd", evidence / "link");
  for (const char* name : {"absent", "link", "files"}) {
    const auto chunk = ChunkShown(Shown(ReadChunkCommand("code", name, 0, 10, "n")), "n");
    ASSERT_FALSE(chunk.ok()) << name;
    EXPECT_EQ(chunk.error().kind, ErrorKind::kNotFound) << name;
  }
}

TEST(ChunkShown, WithoutBothMarkersThereIsNoAnswer) {
  for (const char* shown : {"", "sh: not found", "BEGIN-n YQ==", "YQ== END-n", "BEGIN-n * END-n",
                            "BEGIN-m YQ== END-m"}) {
    EXPECT_FALSE(ChunkShown(shown, "n").ok()) << shown;
  }
  EXPECT_EQ(*ChunkShown("motd\r\nBEGIN-n Y\r\nQ= = END-n\r\n", "n"), "a") << "wrapped lines";
}

TEST_F(TerminalScript, EndingARunAsksItsAgentProgramAndNobodyElse) {
  // Stand-ins: a shell script named like the agent program, with its command line.
  const fs::path agent = dir.path() / "ameide-agent";
  ASSERT_TRUE(WriteFileAtomically(agent, "#!/bin/sh\nwhile :; do sleep 1; done\n", 0700).ok());
  const auto start = [&](const std::string& profile) {
    SpawnOptions options;
    options.argv = {"/bin/sh",
                    agent.string(),
                    "task",
                    "run",
                    "run",
                    "--workspace",
                    (dir.path() / "workspaces" / profile).string(),
                    "--evidence",
                    "x"};
    options.environment = environment;
    options.directory = dir.path();
    options.new_session = true;
    auto child = Subprocess::Spawn(options);
    EXPECT_TRUE(child.ok());
    return *std::move(child);
  };
  Subprocess ours = start("code");
  Subprocess other = start("codex");
  EXPECT_THAT(Shown(EndRunCommand("code")), HasSubstr(StrCat("asked: ", ours.pid(), " ")));
  EXPECT_EQ(ours.Wait().signal, SIGTERM);
  EXPECT_FALSE(other.Poll()) << "another profile's run";
  other.SignalGroup(SIGKILL);
  other.Wait();
  EXPECT_THAT(Shown(EndRunCommand("code")), HasSubstr("asked: \r\n")) << "it must not find itself";
}

}  // namespace
}  // namespace ameide::task
