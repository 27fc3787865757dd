// The shipped program with its own supervisor and the real agent program, on a real repository.
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/digest.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/bundle.h"
#include "task/evidence/testing/keys.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task {
namespace {

using ::ameide::testing::TempDir;
using ::testing::HasSubstr;

constexpr char kProgram[] = AMEIDE_BUILD_DIR "/bin/ameide-launcher";

constexpr char kProfile[] = R"(version: 1
identity:
  name: code
  display_name: Test
  description: For a test.
  icon: /icon/code.svg
  risk_tier: low
)";

struct ProgramTest : ::testing::Test {
  void SetUp() override {
    repository = dir.path() / "a repo";
    Git({"init", "-q", repository.string()});
    ASSERT_TRUE(WriteFileAtomically(repository / "README.md", "hello\n").ok());
    Git({"-C", repository.string(), "add", "-A"});
    Git({"-C", repository.string(), "-c", "user.name=t", "-c", "user.email=t@example.invalid",
         "commit", "-q", "-m", "first"});
  }
  void Git(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "git");
    const auto ran = Command(std::move(arguments));
    ASSERT_TRUE(ran.status.Success()) << ran.err;
  }
  CommandResult Command(std::vector<std::string> argv) {
    SpawnOptions options;
    options.argv = std::move(argv);
    options.environment = Environment();
    auto ran = RunCommand(options, {.timeout = Millis(100'000)}, clock);
    EXPECT_TRUE(ran.ok()) << ran.error().ToString();
    return ran.ok() ? *ran : CommandResult{};
  }
  std::map<std::string, std::string> Environment() const {
    return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", dir.path().string()}};
  }
  TaskSpec Spec(const std::string& script) {
    TaskSpec spec = testing::SampleSpec("job-1", {"/bin/sh", "-c", script});
    spec.repository.url = repository.string();
    return spec;
  }
  std::vector<std::string> RunArguments(const TaskSpec& spec) {
    const fs::path file = dir.path() / "spec.json";
    EXPECT_TRUE(WriteFileAtomically(file, ToJson(spec).DumpPretty()).ok());
    return {kProgram,
            "run",
            file.string(),
            "--json",
            "--evidence",
            (dir.path() / "evidence").string(),
            "--allow-repository",
            repository.string()};
  }
  Json MustParse(const std::string& text) {
    auto json = ParseJson(text);
    EXPECT_TRUE(json.ok()) << text;
    return json.ok() ? *json : Json();
  }
  fs::path Workspaces() const { return dir.path() / ".local/state/ameide/workspaces"; }

  TempDir dir;
  SystemClock clock;
  fs::path repository;
};

TEST_F(ProgramTest, ASuccessIsZeroWithVerifiedEvidence) {
  const auto ran = Command(RunArguments(Spec("cat README.md; echo \"$AMEIDE_WORK_ID\"")));
  EXPECT_EQ(ran.status.code, 0) << ran.out << ran.err;
  const Json record = MustParse(ran.out);
  ASSERT_NE(record.Find("evidence_directory"), nullptr);
  const fs::path evidence = *record.Find("evidence_directory")->AsString();
  EXPECT_TRUE(*record.Find("workspace_gone")->AsBool());
  const std::string log = *ReadFile(evidence / kRunLogFile, 1 << 20);
  EXPECT_THAT(log, HasSubstr(" stdout F hello"));
  EXPECT_THAT(log, HasSubstr(" stdout F job-1"));
  EXPECT_TRUE(fs::is_empty(Workspaces()));

  const auto verified = Command({kProgram, "verify", evidence.string()});
  EXPECT_EQ(verified.status.code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("job-1: success"));
  ASSERT_TRUE(WriteFileAtomically(evidence / kRunLogFile, "rewritten").ok());
  const auto refuted = Command({kProgram, "verify", evidence.string()});
  EXPECT_EQ(refuted.status.code, 6);
  EXPECT_THAT(refuted.out, HasSubstr("failed       digests"));
}

TEST_F(ProgramTest, ASignedBundleVerifiesWithItsKeyOnly) {
  const Json record = MustParse(Command(RunArguments(Spec("true"))).out);
  ASSERT_NE(record.Find("evidence_directory"), nullptr);
  const std::string evidence = *record.Find("evidence_directory")->AsString();
  std::map<std::string, std::string> files;
  for (const char* name : {"mine", "other"}) {
    const auto key = testing::MakeKeyPair("ed25519");
    for (const auto& [kind, pem] :
         {std::pair("", key.private_pem), std::pair(".pub", key.public_pem)}) {
      files[StrCat(name, kind)] = (dir.path() / StrCat(name, kind)).string();
      ASSERT_TRUE(WriteFileAtomically(files[StrCat(name, kind)], pem).ok());
    }
  }
  const auto verify = [&](const std::string& key) {
    return Command({kProgram, "verify", evidence, "--json", "--public-key", key});
  };
  EXPECT_EQ(verify(files["mine.pub"]).status.code, 6);  // nobody signed it yet
  const auto signed_one = Command({kProgram, "sign", evidence, "--key", files["mine"]});
  EXPECT_EQ(signed_one.status.code, 0) << signed_one.err;
  const auto good = verify(files["mine.pub"]);
  EXPECT_EQ(good.status.code, 0) << good.out << good.err;
  EXPECT_EQ(*MustParse(good.out).Find("ok")->AsBool(), true);
  EXPECT_EQ(verify(files["other.pub"]).status.code, 6);
  EXPECT_EQ(verify(files["mine"]).status.code, 2);  // a private key is no public one
  EXPECT_EQ(verify("/nowhere").status.code, 2);

  // A run can sign by itself; its record then has the digest of the signed bundle.
  TaskSpec second = Spec("true");
  second.work_id = "job-2";
  auto arguments = RunArguments(second);
  arguments.insert(arguments.end(), {"--sign-with", files["mine"]});
  const Json run = MustParse(Command(arguments).out);
  ASSERT_NE(run.Find("evidence_directory"), nullptr);
  const fs::path signed_by_run = *run.Find("evidence_directory")->AsString();
  const auto checked =
      Command({kProgram, "verify", signed_by_run.string(), "--public-key", files["mine.pub"]});
  EXPECT_EQ(checked.status.code, 0) << checked.out;
  EXPECT_EQ(*run.Find("manifest_sha256"), Json(*Sha256HexOfFile(signed_by_run / kManifestFile)));
  EXPECT_EQ(Command({kProgram, "sign", evidence, "--key", files["mine.pub"]}).status.code, 2);
}

TEST_F(ProgramTest, ABundleTravelsAsOneFile) {
  const Json record = MustParse(Command(RunArguments(Spec("true"))).out);
  ASSERT_NE(record.Find("evidence_directory"), nullptr);
  const std::string evidence = *record.Find("evidence_directory")->AsString();
  const std::string archive = (dir.path() / "job.tar").string();
  const auto packed = Command({kProgram, "pack", evidence, "-o", archive, "--json"});
  EXPECT_EQ(packed.status.code, 0) << packed.err;
  EXPECT_EQ(*MustParse(packed.out).Find("manifest_sha256"), *record.Find("manifest_sha256"));
  EXPECT_NE(Command({kProgram, "pack", evidence, "-o", archive}).status.code, 0) << "it is there";
  const auto good = Command({kProgram, "verify", archive});
  EXPECT_EQ(good.status.code, 0) << good.out << good.err;
  EXPECT_THAT(good.out, HasSubstr("job-1: success"));
  EXPECT_EQ(Command({kProgram, "unpack", archive}).status.code, 0);
  EXPECT_EQ(Command({kProgram, "verify", (dir.path() / "job").string()}).status.code, 0);
  ASSERT_TRUE(WriteFileAtomically(archive, *ReadFile(archive, 64u << 20) + "more").ok());
  const auto bad = Command({kProgram, "verify", archive});
  EXPECT_EQ(bad.status.code, 6);
  EXPECT_THAT(bad.out, HasSubstr("4 bytes lie behind the archive's end"));
  EXPECT_EQ(Command({kProgram, "unpack", archive, "-o", (dir.path() / "x").string()}).status.code,
            6);
  EXPECT_FALSE(Exists(dir.path() / "x"));
}

TEST_F(ProgramTest, AFailureIsOneAndDestroyForgetsIt) {
  const auto arguments = RunArguments(Spec("echo broken >&2; exit 7"));
  auto ran = Command(arguments);
  EXPECT_EQ(ran.status.code, 1) << ran.out << ran.err;
  int64_t code = 0;
  ASSERT_NE(MustParse(ran.out).Find("result"), nullptr);
  const Json first = MustParse(ran.out);
  EXPECT_TRUE(first.Find("result")->Find("exit_code")->GetInt64(&code));
  EXPECT_EQ(code, 7);
  const auto again = Command(arguments);
  EXPECT_EQ(MustParse(again.out), first);  // the recorded one, not a second run
  EXPECT_EQ(again.status.code, 1);
  EXPECT_THAT(again.err, HasSubstr("to run it again: ameide-launcher destroy job-1"));
  EXPECT_EQ(Command({kProgram, "destroy", "job-1"}).status.code, 0);
  ran = Command(arguments);
  EXPECT_NE(*MustParse(ran.out).Find("result")->Find("run_id"),
            *first.Find("result")->Find("run_id"));
}

TEST_F(ProgramTest, ATtlKillsATreeThatIgnoresTerm) {
  TaskSpec spec = Spec(
      "trap '' TERM; (trap '' TERM; while :; do sleep 60; done) & "
      "while :; do sleep 60; done");
  spec.ttl = Millis(3000);
  const auto ran = Command(RunArguments(spec));
  EXPECT_EQ(ran.status.code, 4) << ran.out << ran.err;
  EXPECT_TRUE(fs::is_empty(Workspaces()));
}

TEST_F(ProgramTest, SigtermCancelsInGoodOrder) {
  const fs::path note = dir.path() / "note";
  SpawnOptions options;
  options.argv = RunArguments(Spec("touch '" + note.string() + "'; exec sleep 1000"));
  options.environment = Environment();
  options.new_session = true;
  auto launcher = Subprocess::Spawn(options);
  ASSERT_TRUE(launcher.ok());
  while (!Exists(note) && !launcher->Poll()) clock.WaitFor({}, Millis(10));
  launcher->Signal(SIGTERM);
  EXPECT_EQ(launcher->Wait().code, 5);
  EXPECT_TRUE(fs::is_empty(Workspaces()));
}

TEST_F(ProgramTest, RaisesItsDescriptorLimitButNotTheCommands) {
  const std::string note = (dir.path() / "note").string();
  SpawnOptions options;
  options.argv = RunArguments(Spec(StrCat("ulimit -Sn > '", note, ".part'; mv '", note, ".part' '",
                                          note, "'; exec sleep 1000")));
  const char* const kLowered[] = {"/bin/sh", "-c", "ulimit -Sn 256; exec \"$@\"", "sh"};
  options.argv.insert(options.argv.begin(), std::begin(kLowered), std::end(kLowered));
  options.environment = Environment();
  options.new_session = true;
  auto launcher = Subprocess::Spawn(options);
  ASSERT_TRUE(launcher.ok());
  while (!Exists(note) && !launcher->Poll()) clock.WaitFor({}, Millis(10));
  rlimit limit{};
  EXPECT_EQ(::prlimit(launcher->pid(), RLIMIT_NOFILE, nullptr, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, 65'536));
  EXPECT_EQ(ReadFile(note, 100).value(), "256\n");
  launcher->Signal(SIGTERM);
  EXPECT_EQ(launcher->Wait().code, 5);
}

TEST_F(ProgramTest, BadInputIsTwoAndNamesThePlace) {
  TaskSpec spec = Spec("true");
  spec.profile = "unknown";
  auto ran = Command(RunArguments(spec));
  EXPECT_EQ(ran.status.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("built-in ones are code"));
  spec = Spec("true");
  spec.ttl = Millis(100ll * 3600 * 1000);
  ran = Command(RunArguments(spec));
  EXPECT_EQ(ran.status.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("/ttl"));
  auto arguments = RunArguments(Spec("true"));
  const fs::path profile = dir.path() / "p.yaml";
  ASSERT_TRUE(WriteFileAtomically(profile, kProfile).ok());
  arguments.insert(arguments.end(), {"--profile-file", profile.string()});
  ran = Command(arguments);
  EXPECT_EQ(ran.status.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("guardrails"));
  arguments = RunArguments(Spec("true"));
  arguments.insert(arguments.end(), {"--bot-name", "A <b>"});
  ran = Command(arguments);
  EXPECT_EQ(ran.status.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--bot-name and --bot-email"));
  EXPECT_EQ(Command({kProgram, "list"}).out, "");
  EXPECT_EQ(Command({kProgram, "sweep", "--json"}).status.code, 0);
}

TEST_F(ProgramTest, FilesThatAreNotThereOrNoneOfOursAreTwoAndNamed) {
  const std::string absent = (dir.path() / "absent").string();
  const std::string garbage = (dir.path() / "garbage").string();
  ASSERT_TRUE(WriteFileAtomically(garbage, "{").ok());
  const std::string spec = RunArguments(Spec("true"))[2];
  const std::vector<std::string> cases[] = {{"run", absent},
                                            {"run", garbage},
                                            {"run", spec, "--profile-file", absent},
                                            {"run", spec, "--sign-with", absent},
                                            {"verify", absent},
                                            {"sign", absent, "--key", garbage},
                                            {"sign", repository.string(), "--key", garbage},
                                            {"pack", absent},
                                            {"pack", repository.string()},
                                            {"unpack", absent}};
  for (std::vector<std::string> arguments : cases) {
    const std::string what = StrJoin(arguments, " ");
    arguments.insert(arguments.begin(), kProgram);
    const auto ran = Command(arguments);
    EXPECT_EQ(ran.status.code, 2) << what;
    EXPECT_EQ(ran.out, "") << what;
    EXPECT_THAT(ran.err, ::testing::StartsWith("error: ")) << what;
    EXPECT_THAT(ran.err, ::testing::AnyOf(HasSubstr(absent), HasSubstr(garbage),
                                          HasSubstr(repository.string())));
  }
}

TEST_F(ProgramTest, AStateFolderThatCannotBeReadIsNotAnEmptyOne) {
  const std::string file = (dir.path() / "file").string();
  ASSERT_TRUE(WriteFileAtomically(file, "").ok());
  for (const char* verb : {"list", "sweep"}) {
    const auto ran = Command({kProgram, verb, "--state", file});
    EXPECT_NE(ran.status.code, 0) << verb;
    EXPECT_THAT(ran.err, HasSubstr(file)) << verb;
    EXPECT_EQ(Command({kProgram, verb, "--state", file + "-none"}).status.code, 0) << verb;
  }
}

TEST_F(ProgramTest, AWorkingDirectoryThatIsGoneIsSaid) {
  const auto arguments = RunArguments(Spec("true"));
  const auto ran = Command({"/bin/sh", "-c", "mkdir gone; cd gone; rmdir ../gone; exec \"$@\"",
                            "sh", kProgram, "run", arguments[2], "--allow-repository", "*"});
  EXPECT_EQ(ran.status.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("error: create directory"));
}

TEST_F(ProgramTest, AnAnswerThatCannotBeWrittenIsNoSuccess) {
  const auto ran = Command({"/bin/sh", "-c", "exec \"$0\" list --json >/dev/full", kProgram});
  EXPECT_EQ(ran.status.code, 3);
  EXPECT_THAT(ran.err, HasSubstr("write standard output: No space left"));
}

}  // namespace
}  // namespace ameide::task
