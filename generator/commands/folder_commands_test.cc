// The commands that write folders and files or look into them: render, check, lint.
#include "base/json.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "generator/testing/command_line.h"
#include "generator/testing/sample_profiles.h"

namespace ameide::generator {
namespace {

using testing::BuiltinYaml;
using testing::Cli;
using testing::Put;
using testing::Replaced;

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

TEST(Commands, FixWritesThroughNoLink) {
  const ameide::testing::TempDir dir;
  const std::string bad = Replaced(BuiltinYaml("code"), "enabled: true", "enabled: yes");
  Put(dir.path() / "elsewhere/code.yaml", bad);
  fs::create_symlink(dir.path() / "elsewhere/code.yaml", dir.path() / "code.yaml");
  const Outcome outcome = Cli({"lint", "--fix", (dir.path() / "code.yaml").string()});
  EXPECT_EQ(outcome.exit_code, kExitProblems);
  EXPECT_NE(outcome.err.find("is a symbolic link; name the file itself"), std::string::npos)
      << outcome.err;
  EXPECT_EQ(ReadFile(dir.path() / "elsewhere/code.yaml", 1 << 20).value(), bad);
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
