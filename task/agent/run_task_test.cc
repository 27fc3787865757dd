#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <thread>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "gmock/gmock.h"
#include "task/agent/process_tree.h"
#include "task/agent/testing/task_fixture.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Shell;
using testing::TaskFixture;

class RunTaskTest : public TaskFixture {
 protected:
  // Requests a stop as soon as somebody opens `fifo` for writing; that is the command's sign.
  std::jthread StopOnSign(const fs::path& fifo, std::stop_source* source) {
    EXPECT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    return std::jthread([fifo, source] {
      const UniqueFd fd(::open(fifo.c_str(), O_RDONLY | O_CLOEXEC));
      source->request_stop();
    });
  }
};

TEST_F(RunTaskTest, SuccessLeavesACompleteBundle) {
  ASSERT_EQ(RunScript("echo out; echo err >&2; echo three > a.txt"), 0);
  const TaskResult& result = Outcome();
  EXPECT_EQ(result.outcome, Outcome::kSuccess);
  EXPECT_EQ(result.state, TaskState::kCompleted);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.base_commit, Shell(origin_, "git rev-parse main"));
  EXPECT_THAT(result.artifact.changed_files, ElementsAre("a.txt"));
  EXPECT_THAT(result.artifact.summary, HasSubstr("exited with 0 after "));
  EXPECT_THAT(result.artifact.summary, HasSubstr("; 1 test; 1 file changed"));
  ASSERT_EQ(result.phases.size(), 2u);
  EXPECT_EQ(result.phases[0].phase, Phase::kCheckout);
  EXPECT_EQ(result.phases[1].phase, Phase::kEdit);
  EXPECT_EQ(LogOf(LogStream::kStdout), "out\n");
  EXPECT_EQ(LogOf(LogStream::kStderr), "err\n");
  EXPECT_THAT(FileInBundle(kDiffFile), HasSubstr("-two\n+three\n"));
  EXPECT_TRUE(InBundle("junit/ameide.xml"));
  EXPECT_TRUE(InBundle(kReportFile));
  EXPECT_THAT(Bundle().manifest.omissions, IsEmpty());
}

TEST_F(RunTaskTest, FactsTellThePhasesInOrder) {
  spec_.kind = TaskKind::kPreflight;
  ASSERT_EQ(Run(), 0);
  const std::string facts = FileInBundle(kFactsFile);
  std::vector<std::string> told;
  for (const std::string_view line : StrSplit(facts, '\n')) {
    if (line.empty()) continue;
    const Result<Json> fact = ParseJson(line);
    ASSERT_TRUE(fact.ok()) << line;
    const Json* phase = fact->Find("data")->Find("phase");
    told.push_back(StrCat(*fact->Find("id")->AsString(), " ", *fact->Find("type")->AsString(), " ",
                          phase == nullptr ? "" : *phase->AsString()));
  }
  EXPECT_THAT(told, ElementsAre("run-1-1 io.ameide.agent.fact.work.progressed.v1 checkout",
                                "run-1-2 io.ameide.agent.fact.work.progressed.v1 verify",
                                "run-1-3 io.ameide.agent.fact.work.completed.v1 "));
}

TEST_F(RunTaskTest, ExitCodesAndSignalsAreExact) {
  const struct {
    const char* script;
    int code;
    std::optional<int> signal;
    const char* reason;
  } kCases[] = {{"exit 1", 1, {}, "exited with 1"},
                {"exit 3", 3, {}, "exited with 3"},
                {"exit 240", 240, {}, "exited with 240"},
                {"kill -KILL $$", 137, SIGKILL, "was ended by signal 9 (Killed)"},
                {"kill -TERM $$", 143, SIGTERM, "was ended by signal 15 (Terminated)"}};
  int number = 0;
  for (const auto& test : kCases) {
    options_.workspace = temp_.path() / StrCat("workspace-", ++number);
    options_.evidence = temp_.path() / StrCat("evidence-", number);
    EXPECT_EQ(RunScript(test.script), test.code);
    EXPECT_EQ(Outcome().failure, FailureClass::kCommandFailed) << test.script;
    EXPECT_EQ(Outcome().exit_code, test.code);
    EXPECT_EQ(Outcome().signal, test.signal);
    EXPECT_THAT(Outcome().reason, HasSubstr(test.reason));
  }
}

TEST_F(RunTaskTest, CommandThatDoesNotExistSaysSo) {
  spec_.command = {"no-such-program-here"};
  EXPECT_EQ(Run(), 127);
  EXPECT_EQ(Outcome().failure, FailureClass::kCommandFailed);
  EXPECT_THAT(Outcome().reason, HasSubstr("no such program on PATH"));
}

TEST_F(RunTaskTest, ArgumentsReachTheCommandUnchangedAndStdinIsNull) {
  spec_.command = {"sh", "-c",  "printf '[%s]' \"$@\"; echo; readlink /proc/self/fd/0",
                   "sh", "a b", "$HOME; echo no",
                   "",   "*",   "ä\n"};
  ASSERT_EQ(Run(), 0);
  EXPECT_EQ(LogOf(LogStream::kStdout), "[a b][$HOME; echo no][][*][ä\n]\n/dev/null\n");
}

TEST_F(RunTaskTest, EnvironmentHoldsTheContractAndNoUngrantedSecret) {
  options_.environment["AMEIDE_ENV_NAMESPACE"] = "ns-1";
  options_.environment["MODEL_KEY"] = "not-a-real-key";
  options_.environment["PUSH_TOKEN"] = "not-a-real-token";
  profile_.secrets = {{"MODEL_KEY", "model", "key", {Phase::kEdit}},
                      {"PUSH_TOKEN", "push", "key", {Phase::kPr}}};
  spec_.environment = {{"MINE", "yes"}};
  ASSERT_EQ(RunScript("env; pwd"), 0);
  const std::string out = StrCat("\n", LogOf(LogStream::kStdout));
  for (const std::string& line :
       {std::string("AMEIDE_AGENT_PROFILE=code"), std::string("AMEIDE_RUN_ID=run-1"),
        std::string("AMEIDE_WORK_ID=work-1"), std::string("AMEIDE_RUN_INTENT=task"),
        std::string("AMEIDE_ENV_NAMESPACE=ns-1"), std::string("CI=true"),
        std::string("GIT_TERMINAL_PROMPT=0"), std::string("MINE=yes"),
        std::string("MODEL_KEY=***MODEL_KEY***"),
        StrCat("AMEIDE_EVIDENCE_DIR=", (options_.workspace / "evidence-out").string()),
        (options_.workspace / "repo").string()}) {
    EXPECT_THAT(out, HasSubstr(StrCat("\n", line, "\n")));
  }
  EXPECT_THAT(out, Not(HasSubstr("PUSH_TOKEN")));
}

TEST_F(RunTaskTest, LogIsCompleteForAHundredMegabytes) {
  constexpr size_t kBytes = 100u << 20;
  ASSERT_EQ(RunScript(StrCat("yes 0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQR",
                             "STUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz | head -c ", kBytes)),
            0);
  const std::string out = LogOf(LogStream::kStdout);
  EXPECT_EQ(out.size(), kBytes);
  const std::string expected = Shell(
      temp_.path(), StrCat("yes 0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQR",
                           "STUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz | head -c ", kBytes,
                           " | sha256sum | cut -d' ' -f1"));
  EXPECT_EQ(Sha256Hex(out), expected);
}

TEST_F(RunTaskTest, LogKeepsLongLinesAndEveryByte) {
  ASSERT_EQ(RunScript("head -c 2097152 /dev/zero | tr '\\0' x; printf '\\n\\377\\376\\000z' >&2"),
            0);
  EXPECT_EQ(LogOf(LogStream::kStdout), std::string(2u << 20, 'x'));
  EXPECT_EQ(LogOf(LogStream::kStderr), std::string("\n\xff\xfe\0z", 5));
}

TEST_F(RunTaskTest, WhatACommandLeavesBehindIsEnded) {
  const fs::path pid_file = temp_.path() / "pid";
  ASSERT_EQ(RunScript(StrCat("setsid sh -c 'echo $$ > ", ShellQuote(pid_file.string()),
                             "; exec sleep 1000' & while [ ! -s ", ShellQuote(pid_file.string()),
                             " ]; do :; done; echo done")),
            0);
  EXPECT_EQ(LogOf(LogStream::kStdout), "done\n");
  EXPECT_THAT(LogOf(LogStream::kAgent), HasSubstr("left behind by the command"));
  EXPECT_THAT(LivingDescendants(0), IsEmpty());
}

TEST_F(RunTaskTest, TimeoutKillsATreeThatIgnoresTerm) {
  spec_.timeouts.edit = Millis(300);
  EXPECT_EQ(RunScript("trap '' TERM; (trap '' TERM; setsid sh -c 'trap \"\" TERM; sleep 1000' & "
                      "sleep 1000) & echo started; while :; do sleep 1000; done"),
            kExitTimedOut);
  EXPECT_EQ(Outcome().failure, FailureClass::kTimedOut);
  EXPECT_EQ(Outcome().outcome, Outcome::kTimeout);
  EXPECT_EQ(Outcome().reason, "the edit phase ran out of its 300ms; raise timeouts.edit");
  EXPECT_EQ(Outcome().signal, SIGKILL);
  EXPECT_EQ(LogOf(LogStream::kStdout), "started\n");
  EXPECT_THAT(LivingDescendants(0), IsEmpty());
}

TEST_F(RunTaskTest, CancellationEndsTheTreeAndKeepsTheEvidence) {
  const fs::path fifo = temp_.path() / "sign";
  std::stop_source source;
  const std::jthread stopper = StopOnSign(fifo, &source);
  EXPECT_EQ(RunScript(StrCat("echo partial > a.txt; : > '", fifo.string(), "'; exec sleep 1000"),
                      source.get_token()),
            kExitCancelled);
  EXPECT_EQ(Outcome().failure, FailureClass::kCancelled);
  EXPECT_EQ(Outcome().state, TaskState::kCanceled);
  EXPECT_THAT(Outcome().artifact.changed_files, ElementsAre("a.txt"));
  EXPECT_THAT(FileInBundle(kDiffFile), HasSubstr("+partial\n"));
  EXPECT_THAT(LivingDescendants(0), IsEmpty());
}

TEST_F(RunTaskTest, CancelledBeforeItBeganRunsNothing) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(
      RunScript(StrCat("touch '", (temp_.path() / "canary").string(), "'"), source.get_token()),
      kExitCancelled);
  EXPECT_EQ(Outcome().failure, FailureClass::kCancelled);
  EXPECT_FALSE(Exists(temp_.path() / "canary"));
}

TEST_F(RunTaskTest, SecondRunIsRefusedAndLeavesTheFirstBundleAlone) {
  ASSERT_EQ(RunScript("echo first"), 0);
  const std::string manifest = FileInBundle(kManifestFile);
  EXPECT_EQ(RunScript("echo second"), kExitRefused);
  EXPECT_EQ(FileInBundle(kManifestFile), manifest);
  options_.evidence = temp_.path() / "other-evidence";
  EXPECT_EQ(RunScript("echo third"), kExitRefused);
  EXPECT_EQ(Outcome().failure, FailureClass::kRefused);
  EXPECT_THAT(Outcome().reason, HasSubstr("already ran"));
}

TEST_F(RunTaskTest, RefusesWhatTheProfileDoesNotAllow) {
  spec_.ttl = std::chrono::hours(5);
  EXPECT_EQ(Run(), kExitRefused);
  EXPECT_EQ(Outcome().failure, FailureClass::kRefused);
  EXPECT_THAT(Outcome().reason, HasSubstr("/ttl"));
  EXPECT_FALSE(Exists(options_.workspace / "repo"));
}

TEST_F(RunTaskTest, CheckoutFailureNamesTheRepositoryWithoutItsPassword) {
  spec_.repository.url = "https://user:not-a-password@127.0.0.1:1/none.git";
  EXPECT_EQ(Run(), kExitCheckoutFailed);
  EXPECT_EQ(Outcome().failure, FailureClass::kCheckoutFailed);
  EXPECT_EQ(Outcome().exit_code, std::nullopt);
  EXPECT_THAT(Outcome().reason, HasSubstr("reach repository https://127.0.0.1:1/none.git"));
  EXPECT_THAT(Outcome().reason, HasSubstr("check repository.url"));
  for (const char* file : {kResultFile, kRunLogFile, kFactsFile, kReportFile, "junit/ameide.xml"}) {
    EXPECT_THAT(FileInBundle(file), Not(HasSubstr("not-a-password"))) << file;
  }
}

TEST_F(RunTaskTest, DeniedPathOverrulesSuccessAndFailure) {
  for (const int code : {0, 7}) {
    options_.workspace = temp_.path() / StrCat("workspace-", code);
    options_.evidence = temp_.path() / StrCat("evidence-", code);
    EXPECT_EQ(RunScript(StrCat("mkdir secret; echo x > secret/key; exit ", code)),
              kExitGuardrailViolation);
    EXPECT_EQ(Outcome().failure, FailureClass::kGuardrailViolation);
    EXPECT_EQ(Outcome().exit_code, code);
    EXPECT_THAT(RulesFound(), ElementsAre("path-denied secret/key"));
    EXPECT_THAT(Outcome().reason, HasSubstr("1 guardrail finding: "));
  }
}

TEST_F(RunTaskTest, CheckoutThatIsRemovedIsAViolationNotASuccess) {
  EXPECT_EQ(RunScript("cd ..; rm -rf repo"), kExitGuardrailViolation);
  EXPECT_THAT(RulesFound(), ElementsAre("changes-unreadable ."));
}

TEST_F(RunTaskTest, CollectsJUnitAndFiles) {
  constexpr char kScript[] = R"(
mkdir -p "$AMEIDE_EVIDENCE_DIR/deep" reports
echo '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>' \
  > "$AMEIDE_EVIDENCE_DIR/deep/unit.xml"
echo '<testsuite><testcase name="c"/></testsuite>' > reports/more.xml
echo '<other/>' > reports/other.xml
echo '{"results": {"tests": [{"name": "d", "status": "passed", "duration": 1}]}}' > reports/ctrf.json
echo '{"name": "no report"}' > reports/package.json
echo shot > "$AMEIDE_EVIDENCE_DIR/shot.png"
ln -s /etc/passwd "$AMEIDE_EVIDENCE_DIR/link.xml"
)";
  spec_.evidence.paths = {"reports/**"};
  spec_.evidence.required = {"shot.png", "reports/more.xml"};
  ASSERT_EQ(RunScript(kScript), 0);
  EXPECT_EQ(Outcome().artifact.tests.total, 4);
  EXPECT_EQ(Outcome().artifact.tests.failed, 1);
  for (const char* file :
       {"junit/deep/unit.xml", "junit/reports/more.xml", "junit/reports/ctrf.json",
        "files/reports/package.json", "files/shot.png", "files/reports/other.xml"}) {
    EXPECT_TRUE(InBundle(file)) << file;
  }
  EXPECT_FALSE(InBundle("junit/ameide.xml"));
  EXPECT_FALSE(InBundle("files/link.xml"));
  EXPECT_THAT(Outcome().artifact.risks,
              ElementsAre("4 tests, 1 failed, although the command reported success"));
}

TEST_F(RunTaskTest, MissingEvidenceFailsASuccessOnly) {
  spec_.evidence.required = {"report/*.html"};
  EXPECT_EQ(RunScript("true"), kExitMissingEvidence);
  EXPECT_EQ(Outcome().failure, FailureClass::kMissingEvidence);
  EXPECT_THAT(Outcome().reason, HasSubstr("report/*.html"));
  options_.workspace = temp_.path() / "second";
  options_.evidence = temp_.path() / "second-evidence";
  EXPECT_EQ(RunScript("exit 3"), 3);
  EXPECT_EQ(Outcome().failure, FailureClass::kCommandFailed);
}

TEST_F(RunTaskTest, ProfileFilesAreThereAndAreNoChange) {
  ASSERT_TRUE(MakeDirectories(options_.workspace).ok());
  ASSERT_TRUE(WriteFileAtomically(options_.workspace / "AGENTS.md", "run one command\n").ok());
  ASSERT_EQ(RunScript("cat AGENTS.md .ameide/agent-profile ../AGENTS.md; git status --porcelain"),
            0);
  EXPECT_EQ(LogOf(LogStream::kStdout), "run one command\ncode\nrun one command\n");
  EXPECT_THAT(Outcome().artifact.changed_files, IsEmpty());
  EXPECT_EQ(FileInBundle(kDiffFile), "");
}

TEST_F(RunTaskTest, RepositoryKeepsItsOwnInstructions) {
  Shell(origin_, "echo theirs > AGENTS.md; git add -A; git commit -q -m agents");
  ASSERT_TRUE(MakeDirectories(options_.workspace).ok());
  ASSERT_TRUE(WriteFileAtomically(options_.workspace / "AGENTS.md", "ours\n").ok());
  EXPECT_EQ(RunScript("cat AGENTS.md; echo edited >> AGENTS.md"), kExitGuardrailViolation);
  EXPECT_EQ(LogOf(LogStream::kStdout), "theirs\n");
  EXPECT_THAT(Outcome().artifact.changed_files, ElementsAre("AGENTS.md"));
  EXPECT_THAT(RulesFound(), ElementsAre("control-file AGENTS.md"));
}

}  // namespace
}  // namespace ameide::task
