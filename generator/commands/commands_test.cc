#include "generator/commands/commands.h"

#include "base/environment.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "generator/cli.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"

namespace ameide::generator {
namespace {

Outcome Cli(const std::vector<std::string>& arguments) {
  static const std::vector<Command> kCommands = [] {
    std::vector<Command> commands = Commands();
    commands.push_back(CompletionCommand(commands));
    return commands;
  }();
  const auto parsed = ParseCommandLine(kCommands, arguments, "1.2.3");
  const auto* invocation = std::get_if<Invocation>(&parsed);
  if (invocation == nullptr) return std::get<Outcome>(parsed);
  const SystemClock clock;
  const Context context{.clock = clock,
                        .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}},
                        .version = "1.2.3"};
  return invocation->command->run(invocation->arguments, context);
}

void Put(const fs::path& file, std::string_view text) {
  ASSERT_TRUE(MakeDirectories(file.parent_path()).ok());
  ASSERT_TRUE(WriteFileAtomically(file, text).ok());
}

std::string BuiltinYaml(std::string_view name) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name == name) return std::string(builtin.yaml);
  }
  return "";
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
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

TEST(Commands, AStarterLoadsWithoutAnErrorAndIsNeverWrittenOver) {
  const ameide::testing::TempDir dir;
  for (const char* base : {"code", "gitops", "sre", "external-executor"}) {
    const fs::path file = dir.path() / base / "mine.yaml";
    ASSERT_TRUE(MakeDirectories(file.parent_path()).ok());
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

TEST(Commands, ProblemsAreFindingsInJson) {
  const ameide::testing::TempDir dir;
  Put(dir.path() / "p/code.yaml", Replaced(BuiltinYaml("code"), "  risk_tier: high\n", ""));
  Put(dir.path() / "p/other.yaml", BuiltinYaml("sre"));
  const std::string folder = (dir.path() / "p").string();
  for (const char* command : {"render", "check", "list"}) {
    const Outcome text = Cli({command, "--profiles", folder});
    EXPECT_EQ(text.out, "") << command;
    const Outcome outcome = Cli({command, "--profiles", folder, "--json"});
    EXPECT_EQ(outcome.exit_code, kExitProblems) << command;
    EXPECT_EQ(outcome.err, text.err) << command;
    const auto json = ParseJson(outcome.out);
    ASSERT_TRUE(json.ok()) << outcome.out;
    const Json::Array& findings = *json->Find("findings")->AsArray();
    ASSERT_EQ(findings.size(), 2u) << outcome.out;
    EXPECT_EQ(*findings[0].Find("rule")->AsString(), "key-missing");
    EXPECT_EQ(*findings[0].Find("severity")->AsString(), "error");
    EXPECT_EQ(*findings[0].Find("file")->AsString(), StrCat(folder, "/code.yaml"));
    EXPECT_EQ(*findings[1].Find("rule")->AsString(), "file-name");
  }
}

TEST(Commands, AFolderThatCannotBeWrittenKeepsNoOtherFromBeingSo) {
  const ameide::testing::TempDir dir;
  const fs::path out = dir.path() / "out";
  Put(out / "code/main.tf", "somebody's work\n");
  const Outcome outcome = Cli({"render", "--out", out.string()});
  EXPECT_EQ(outcome.exit_code, kExitProblems);
  EXPECT_NE(outcome.err.find("not made by us, or edited since: main.tf"), std::string::npos)
      << outcome.err;
  EXPECT_EQ(outcome.out.find("out/code/"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("out/sre/main.tf\n"), std::string::npos);
  EXPECT_EQ(ReadFile(out / "code/main.tf", 99).value(), "somebody's work\n");
  EXPECT_TRUE(Exists(out / "sre/main.tf"));
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

TEST(Commands, FixRepairsWhatIsObviousAndKeepsEveryOtherByte) {
  const ameide::testing::TempDir dir;
  const fs::path file = dir.path() / "code.yaml";
  const std::string good = BuiltinYaml("code");
  std::string bad = Replaced(good, "allow_gitlinks: false", "allow_gitlinks: \"false\"");
  bad = Replaced(bad, "cpu: \"2\"", "cpu: 2");
  bad = Replaced(bad, "  enabled: true\n", "  enabled: yes\n");
  bad = Replaced(bad, "\"packages/**\"", "\"packages/**\", \"services/**\"");
  bad = Replaced(bad, "    - Keep the change",
                 "    - Read the nearest AGENTS.md of the folder you "
                 "change.\n    - Keep the change");
  bad = Replaced(bad, "branch_prefix: agent/", "branch_prefix: agent");
  bad = bad.substr(bad.find('\n') + 1);
  Put(file, bad);
  EXPECT_EQ(Cli({"lint", file.string()}).exit_code, kExitProblems);
  const Outcome fixed = Cli({"lint", "--fix", file.string()});
  EXPECT_EQ(fixed.exit_code, kExitOk) << fixed.out;
  EXPECT_EQ(fixed.err, StrCat("fixed ", file.string(), "\n"));
  EXPECT_EQ(ReadFile(file, 1 << 20).value(), good);
  EXPECT_EQ(Cli({"lint", "--fix", file.string()}).err, "");
}

TEST(Commands, FixLeavesAloneWhatItCannotRepair) {
  const ameide::testing::TempDir dir;
  const fs::path file = dir.path() / "x.yaml";
  Put(file, "version: 1\nversion: 1\n");
  const Outcome outcome = Cli({"lint", "--fix", file.string()});
  EXPECT_EQ(outcome.exit_code, kExitProblems);
  EXPECT_NE(outcome.out.find(":2:1: error: "), std::string::npos) << outcome.out;
  EXPECT_EQ(ReadFile(file, 1 << 20).value(), "version: 1\nversion: 1\n");
}

TEST(Commands, LintReadsTemplateFolders) {
  const ameide::testing::TempDir dir;
  const std::string out = (dir.path() / "templates").string();
  ASSERT_EQ(Cli({"render", "--out", out}).exit_code, kExitOk);
  EXPECT_EQ(Cli({"lint", out}).out, "");
  Put(dir.path() / "templates/sre/extra.tf", "resource \"coder_script\" \"x\" {\n}\n");
  const Outcome all = Cli({"lint", out});
  EXPECT_EQ(all.exit_code, kExitProblems);
  EXPECT_NE(all.out.find(StrCat(out, "/sre/extra.tf:1:1: error: never runs")), std::string::npos)
      << all.out;
  EXPECT_EQ(Cli({"lint", StrCat(out, "/code")}).out, "");
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

// Changes a profile during the first wait and stops during the second.
class EditingClock final : public Clock {
 public:
  explicit EditingClock(fs::path file) : file_(std::move(file)) {}
  WallTime Now() const override { return {}; }
  MonoTime Monotonic() const override { return {}; }
  bool WaitFor(std::stop_token, Millis) const override {
    if (++waits_ > 1) return false;
    Put(file_, Replaced(BuiltinYaml("code"), "max: 2h", "max: 100m"));
    return true;
  }

 private:
  fs::path file_;
  mutable int waits_ = 0;
};

TEST(Commands, WatchRendersAgainWhenAProfileChanges) {
  const ameide::testing::TempDir dir;
  const fs::path file = dir.path() / "profiles/code.yaml";
  Put(file, BuiltinYaml("code"));
  const EditingClock clock(file);
  std::vector<std::string> shown;
  const Context context{.clock = clock,
                        .show = [&](const Outcome& part) { shown.push_back(part.out); }};
  const Outcome outcome =
      RenderCommand().run(Arguments({{"--watch", {}},
                                     {"--profiles", {file.parent_path().string()}},
                                     {"--out", {(dir.path() / "out").string()}}}),
                          context);
  EXPECT_EQ(outcome.exit_code, kExitOk);
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_NE(shown[0].find("out/code/main.tf\n"), std::string::npos);
  EXPECT_EQ(shown[1].find("out/code/main.tf\n"), std::string::npos);
  EXPECT_NE(shown[1].find("out/code/task.json\n"), std::string::npos);
}

}  // namespace
}  // namespace ameide::generator
