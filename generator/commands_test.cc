#include "generator/commands.h"

#include "base/json.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "generator/cli.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

Outcome Cli(const std::vector<std::string>& arguments) {
  const auto parsed = ParseCommandLine(arguments, "1.2.3");
  const auto* invocation = std::get_if<Invocation>(&parsed);
  return invocation != nullptr ? Execute(*invocation) : std::get<Outcome>(parsed);
}

TEST(Commands, UsageIsExplained) {
  struct {
    std::vector<std::string> arguments;
    int exit_code;
    std::string_view in_out;
    std::string_view in_err;
  } kCases[] = {
      {{"--help"}, 0, "Exit codes: 0 fine", ""},
      {{"--version"}, 0, "1.2.3", ""},
      {{"render", "--help"}, 0, "--profiles", ""},
      {{}, 2, "", "subcommand"},
      {{"frobnicate"}, 2, "", "subcommand"},
      {{"render", "--nonsense"}, 2, "", "--nonsense"},
      {{"list", "--out", "x"}, 2, "", "--out"},
      {{"check", "nobody"},
       2,
       "",
       "there is no profile 'nobody'; known are code, external-executor, gitops, sre"},
      {{"list", "--profiles", "/nonexistent"}, 1, "", "list profiles in /nonexistent"},
  };
  for (const auto& c : kCases) {
    const Outcome outcome = Cli(c.arguments);
    EXPECT_EQ(outcome.exit_code, c.exit_code) << StrJoin(c.arguments, " ") << outcome.err;
    EXPECT_NE(outcome.out.find(c.in_out), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.err.find(c.in_err), std::string::npos) << outcome.err;
  }
}

TEST(Commands, ListShowsEachProfile) {
  const Outcome text = Cli({"list"});
  EXPECT_EQ(text.out.find("code               Changes services"), 0u) << text.out;
  const auto json = ParseJson(Cli({"list", "--json", "sre"}).out);
  ASSERT_TRUE(json.ok());
  ASSERT_EQ(json->Find("profiles")->AsArray()->size(), 1u);
  EXPECT_EQ((*json->Find("profiles")->AsArray())[0].Find("name")->Dump(), "\"sre\"");
}

TEST(Commands, RenderThenCheckIsSilentAndDriftIsShown) {
  const ameide::testing::TempDir dir;
  const std::string out = (dir.path() / "templates").string();
  const Outcome drift = Cli({"check", "--out", out});
  EXPECT_EQ(drift.exit_code, kExitDrift);
  EXPECT_NE(drift.out.find(StrCat("+++ ", out, "/code/main.tf")), std::string::npos);

  const Outcome rendered = Cli({"render", "--out", out});
  EXPECT_EQ(rendered.exit_code, kExitOk) << rendered.err;
  EXPECT_NE(rendered.out.find(StrCat("wrote ", out, "/sre/main.tf\n")), std::string::npos);
  EXPECT_EQ(Cli({"render", "--out", out}).out, "");

  const Outcome clean = Cli({"check", "--out", out});
  EXPECT_EQ(clean.exit_code, kExitOk);
  EXPECT_EQ(clean.out, "");

  const fs::path edited = dir.path() / "templates/gitops/task.sh";
  ASSERT_TRUE(WriteFileAtomically(edited, "exit 0\n").ok());
  EXPECT_EQ(Cli({"check", "--out", out, "code"}).exit_code, kExitOk);
  const Outcome json = Cli({"check", "--json", "--out", out, "gitops"});
  EXPECT_EQ(json.exit_code, kExitDrift);
  const auto parsed = ParseJson(json.out);
  ASSERT_TRUE(parsed.ok());
  const Json& first = (*parsed->Find("templates")->AsArray())[0];
  EXPECT_NE(first.Find("diff")->AsString()->find("-exit 0\n"), std::string::npos);
}

TEST(Commands, ProblemsInAProfileAreLinesWithPositions) {
  const ameide::testing::TempDir dir;
  const fs::path file = dir.path() / "x.yaml";
  ASSERT_TRUE(WriteFileAtomically(file, "version: 1\nversion: 1\n").ok());
  const Outcome outcome =
      Cli({"render", "--profiles", dir.path().string(), "--out", (dir.path() / "out").string()});
  EXPECT_EQ(outcome.exit_code, kExitProblems);
  EXPECT_EQ(outcome.err, StrCat(file.string(),
                                ":2:1: /version: the key 'version' is already there; "
                                "remove one\n"));
  EXPECT_FALSE(Exists(dir.path() / "out"));
}

TEST(Commands, ForeignFilesStopRender) {
  const ameide::testing::TempDir dir;
  ASSERT_TRUE(MakeDirectories(dir.path() / "code").ok());
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "code/main.tf", "# mine\n").ok());
  const Outcome outcome = Cli({"render", "--out", dir.path().string(), "code"});
  EXPECT_EQ(outcome.exit_code, kExitProblems);
  EXPECT_NE(outcome.err.find("not made by us, or edited since: main.tf"), std::string::npos);
}

}  // namespace
}  // namespace ameide::generator
