// What the commands say of profiles, and how they are called.
#include "generator/commands/commands.h"

#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "generator/testing/command_line.h"
#include "generator/testing/sample_profiles.h"

namespace ameide::generator {
namespace {

using testing::BuiltinYaml;
using testing::Cli;
using testing::Put;
using testing::Replaced;

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
      {{"frobnicate"}, 2, "", "there is no command 'frobnicate'; see --help"},
      {{"render", "--nonsense"}, 2, "", "--nonsense"},
      {{"list", "--out", "x"}, 2, "", "--out"},
      {{"init"}, 2, "", "name is required"},
      {{"init", "x", "--from", "nobody"}, 2, "", "nobody not in"},
      {{"init", "Bad"}, 2, "", "/identity/name must be 1 to 32"},
      {{"init", "x", "--out", "/tmp/y.yaml"}, 2, "", "name the file x.yaml"},
      {{"explain", "nothing"}, 2, "", "there is no rule 'nothing'"},
      {{"explain", "paths-open"}, 0, "paths-open (error): a task may change every path.", ""},
      {{"explain"}, 0, "pod-privileged", ""},
      {{"lint", "--fix"}, 2, "", "--fix needs a path"},
      {{"lint", "/nonexistent"}, 1, "", "/nonexistent"},
      {{"diff", "code"}, 2, "", "after is required"},
      {{"diff", "code", "nobody"}, 1, "", "there is no such file or profile"},
      {{"diff", "code", "code@-p"}, 1, "", "is no name and revision"},
      {{"render", "--watch"}, 2, "", "--watch needs --profiles"},
      {{"effective", "nobody", "a"}, 2, "", "there is no profile 'nobody'"},
      {{"completion", "tcsh"}, 2, "", "tcsh not in"},
      {{"schema"}, 0, "\"title\": \"Ameide profile\"", ""},
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

TEST(Commands, AStarterLoadsWithoutAnErrorAndIsNeverWrittenOver) {
  const ameide::testing::TempDir dir;
  for (const char* base : {"code", "gitops", "sre", "external-executor"}) {
    const fs::path file = dir.path() / base / "mine.yaml";
    const Outcome made = Cli({"init", "mine", "--from", base, "--out", file.string()});
    ASSERT_EQ(made.exit_code, kExitOk) << made.err;
    const std::string text = ReadFile(file, 1 << 20).value();
    EXPECT_TRUE(text.starts_with("# yaml-language-server: $schema=profile.schema.json\n"));
    EXPECT_NE(text.find("\n# guardrail axis: what a change may touch\nguardrails:\n"),
              std::string::npos);
    const Outcome lint = Cli({"lint", file.parent_path().string()});
    EXPECT_EQ(lint.exit_code, kExitOk) << lint.out;
    EXPECT_EQ(lint.out.find("error:"), std::string::npos);
    const Outcome again = Cli({"init", "mine", "--out", file.string()});
    EXPECT_EQ(again.exit_code, kExitProblems);
    EXPECT_NE(again.err.find("is already there"), std::string::npos) << again.err;
    EXPECT_EQ(ReadFile(file, 1 << 20).value(), text);
  }
}

TEST(Commands, DiffSaysWhatIsWiderAndCanFailOnIt) {
  const ameide::testing::TempDir dir;
  const std::string code = BuiltinYaml("code");
  const std::string before = (dir.path() / "before.yaml").string();
  const std::string after = (dir.path() / "after.yaml").string();
  Put(before, code);
  Put(after, Replaced(code, "\"packages/**\"", "\"packages/**\", \"deploy/**\""));
  const Outcome wider = Cli({"diff", before, after});
  EXPECT_EQ(wider.exit_code, kExitOk);
  EXPECT_EQ(wider.out, "wider     code may now write deploy/**\n");
  EXPECT_EQ(Cli({"diff", before, after, "--fail-on-wider"}).exit_code, kExitDrift);
  EXPECT_EQ(Cli({"diff", after, before, "--fail-on-wider"}).exit_code, kExitOk);
  const auto json = ParseJson(Cli({"diff", "--json", before, after}).out);
  ASSERT_TRUE(json.ok());
  EXPECT_TRUE(*json->Find("wider")->AsBool());
  EXPECT_EQ(Cli({"diff", "code", "code"}).out, "");
}

TEST(Commands, DiffReadsAProfileAsItWasCommitted) {
  const ameide::testing::TempDir dir;
  const fs::path profiles = dir.path() / "profiles";
  Put(profiles / "code.yaml", BuiltinYaml("code"));
  const SystemClock clock;
  for (const std::vector<std::string>& git :
       {std::vector<std::string>{"git", "init", "-q"},
        {"git", "add", "."},
        {"git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"}}) {
    const auto run = RunCommand({.argv = git,
                                 .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                                 {"HOME", dir.path().string()}},
                                 .directory = dir.path()},
                                {}, clock);
    ASSERT_TRUE(run.ok() && run->status.Success());
  }
  Put(profiles / "code.yaml", Replaced(BuiltinYaml("code"), "max: 2h", "max: 3h"));
  const std::string folder = profiles.string();
  EXPECT_EQ(Cli({"diff", "code@HEAD", "code", "--profiles", folder}).out,
            "wider     ttl.max of code is now 3h, was 2h\n");
  const Outcome unknown = Cli({"diff", "code@nowhere", "code", "--profiles", folder});
  EXPECT_EQ(unknown.exit_code, kExitProblems);
  EXPECT_NE(unknown.err.find("read code@nowhere: fatal: "), std::string::npos) << unknown.err;
}

TEST(Commands, EffectiveNamesTheRuleThatDecides) {
  const std::string out = Cli({"effective", "code", "services/app/main.go"}).out;
  EXPECT_NE(out.find("may      add                         allow_paths has services/**\n"),
            std::string::npos)
      << out;
  EXPECT_NE(out.find("may not  move a submodule pointer    gitlink-changed: "), std::string::npos);
  EXPECT_NE(Cli({"effective", "code", "gitops/x"}).out.find("path-denied: pattern gitops/**"),
            std::string::npos);
  const auto json = ParseJson(Cli({"effective", "code", ".github/workflows/ci.yml", "--json"}).out);
  ASSERT_TRUE(json.ok());
  const Json& add = json->Find("changes")->AsArray()->front();
  EXPECT_FALSE(*add.Find("allowed")->AsBool());
  EXPECT_EQ(*add.Find("rule")->AsString(), "control-file");
  const std::string digests = Cli({"effective", "gitops", "environments/dev/digests.yaml"}).out;
  EXPECT_NE(digests.find("may      change image digests alone"), std::string::npos) << digests;
  EXPECT_NE(digests.find("digest-only: pattern environments/**/digests.yaml"), std::string::npos);
}

TEST(Commands, CompletionsKnowEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = Cli({"completion", shell}).out;
    for (const Command& command : Commands()) {
      EXPECT_NE(script.find(command.name), std::string::npos) << shell << command.name;
    }
    EXPECT_NE(script.find("fail-on-wider"), std::string::npos) << shell;
  }
}

TEST(Commands, BashCompletesFromTheScript) {
  const std::string script =
      StrCat(Cli({"completion", "bash"}).out,
             "COMP_WORDS=(ameide-templates di); COMP_CWORD=1; _ameide_templates\n"
             "echo \"${COMPREPLY[@]}\"\n"
             "COMP_WORDS=(ameide-templates init --from g); COMP_CWORD=3; _ameide_templates\n"
             "echo \"${COMPREPLY[@]}\"\n");
  const SystemClock clock;
  const auto run = RunCommand({.argv = {"bash", "-euc", script},
                               .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}}},
                              {}, clock);
  if (!run.ok()) GTEST_SKIP() << "bash is not on PATH";
  EXPECT_EQ(run->out, "diff\ngitops\n") << run->err;
}

}  // namespace
}  // namespace ameide::generator
