// Workspaces that run nothing.
#include "acceptance/coder_simulator/light.h"

#include "acceptance/coder_simulator/testing/world.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {
namespace {

Options Light() {
  Options options;
  options.pace.script = Millis(100);
  options.light = [](const std::map<std::string, std::string>& parameters) {
    return Result<EvidenceFiles>(EvidenceFiles{{"files/a.txt", parameters.at("ameide_work_id")}});
  };
  return options;
}

TEST(Light, TheScriptEndsByItselfAndLeavesWhatItWasGiven) {
  World world(Light());
  world.Start("exit 7");
  const Reply ended = world.UntilEnded(world.id());
  EXPECT_EQ(ended.Text(std::string(kAgent) + ".scripts.0.exit_code"), "0") << "it did run";
  EXPECT_EQ(ended.Text(std::string(kAgent) + ".lifecycle_state"), "ready");
  const Reply file = world.Send({.target = world.App("/evidence/files/a.txt")});
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.text, "W-1");
  for (const WorkspaceView& view : world.server().workspaces()) EXPECT_FALSE(Exists(view.folder));
  world.Build("delete");
  world.Until(world.path() + "?include_deleted=true", "latest_build.status", {"deleted"});
  EXPECT_EQ(world.Send({.target = world.App("/evidence/files/a.txt")}).status, 404);
}

TEST(Light, WithoutEvidenceNoAgentComes) {
  Options options = Light();
  options.light = [](const auto&) {
    return Result<EvidenceFiles>(Error{ErrorKind::kInvalid, "make", "it", "no such task", ""});
  };
  Simulated simulated(std::move(options));
  const std::string id = simulated.Create("t-1", "exit 0");
  const Reply running = simulated.Until("/workspaces/" + id, "latest_build.status", {"running"});
  const std::string logs = "/workspacebuilds/" + running.Text("latest_build.id") + "/logs";
  simulated.Until(logs, "3.output", {"make it: no such task"});
}

TEST(Light, EvidenceIsAnsweredAsTheAgentProgramWould) {
  const EvidenceFiles files = {{"a", "0123456789"}, {"b/c d", "x"}, {"empty", ""}};
  struct Row {
    const char *path, *range;
    int status;
    const char* body;
  };
  const Row kRows[] = {{"/evidence/a", "", 200, "0123456789"},
                       {"/evidence/a", "bytes=2-4", 206, "234"},
                       {"/evidence/a", "bytes=8-99", 206, "89"},
                       {"/evidence/a", "bytes=8-", 206, "89"},
                       {"/evidence/a", "bytes=10-12", 416, ""},
                       {"/evidence/a", "lines=1-2", 200, "0123456789"},
                       {"/evidence/a", "bytes=-3", 200, "0123456789"},
                       {"/evidence/b/c%20d", "", 200, "x"},
                       {"/evidence/empty", "bytes=0-9", 416, ""},
                       {"/evidence/none", "", 404, ""},
                       {"/a", "", 404, ""}};
  for (const Row& row : kRows) {
    const http::Response answer = ServeEvidence(files, row.path, {{"Range", row.range}});
    EXPECT_EQ(answer.status, row.status) << row.path << " " << row.range;
    EXPECT_EQ(answer.body, row.body) << row.path << " " << row.range;
    EXPECT_EQ(http::FindHeader(answer.headers, "X-Content-Type-Options"), "nosniff");
  }
}

}  // namespace
}  // namespace ameide::simulator::testing
