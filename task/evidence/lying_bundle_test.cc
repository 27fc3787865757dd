// Every lie that a bundle can tell, in one table: who finds it out, and in which words. What only a
// hostile file system can do is in bundle_verify_test.cc.
#include "base/digest.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/facts.h"
#include "task/contract/run_log.h"
#include "task/evidence/offline_checks.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using Verdict = BundleCheck::Verdict;

constexpr char kPatch[] =
    "diff --git a/src/a b/src/a\n"
    "index 257cc5642cb1a054f08cc83f2d943e56fd3ebe99..5716ca5987cbf97d6bb54920bea6adde242d87e6 "
    "100644\n--- a/src/a\n+++ b/src/a\n@@ -1 +1 @@\n-foo\n+bar\n";
constexpr char kJUnit[] = "<testsuite name='s'><testcase name='a'/></testsuite>";

// A bundle in the making; a lie changes it before it is written, or its folder afterwards.
struct Draft {
  Draft() {
    result = testing::SampleSuccess();
    result.artifact.changed_files = {"src/a"};
    result.artifact.tests = {1, 1, 0, 0, 0, {}};
    spec.work_id = result.work_id;
    spec.run_id = result.run_id;
    spec.profile = result.profile;
    contract.name = contract.marker = "code";
    files = {{kDiffFile, kPatch}, {"junit/a.xml", kJUnit}, {kFactsFile, Facts()}};
  }
  std::string Facts() const {
    return StrCat(ProgressFact(spec, 1, result.started_at, Phase::kEdit, "started").Dump(), "\n",
                  FinalFact(spec, 2, result).Dump(), "\n");
  }
  static void Rewrite(const fs::path& bundle, const char* file, std::string_view from,
                      std::string_view to) {
    const std::string bytes = ReadFile(bundle / file, 1u << 20).value();
    ASSERT_NE(bytes.find(from), std::string::npos) << file << " has no " << from;
    ASSERT_TRUE(WriteFileAtomically(bundle / file, StrReplaceAll(bytes, from, to)).ok());
  }
  TaskResult result;
  TaskSpec spec;
  ProfileContract contract;
  std::map<std::string, std::string> files;
  std::function<void(const fs::path&)> after = [](const fs::path&) {};
};

struct Lie {
  const char* name;
  std::function<void(Draft*)> tell;
  const char* check;  // which of the checks fails
  const char* said;
};

OfflineVerdict Judge(const Draft& draft, const fs::path& path) {
  auto writer = BundleWriter::Create(path);
  for (const auto& [name, bytes] : draft.files) EXPECT_TRUE(writer->AddFile(name, bytes).ok());
  EXPECT_TRUE(writer->Finish(draft.result).ok());
  draft.after(path);
  return CheckBundle({path, "", draft.contract});
}

class LyingBundle : public ::testing::TestWithParam<Lie> {};

TEST_P(LyingBundle, IsFoundOut) {
  ameide::testing::TempDir dir;
  Draft draft;
  GetParam().tell(&draft);
  const OfflineVerdict verdict = Judge(draft, dir.path() / "bundle");
  EXPECT_TRUE(verdict.failed());
  bool seen = false;
  for (const BundleCheck& check : verdict.checks) {
    EXPECT_EQ(check.detail, ToOneLine(check.detail));
    if (check.name != GetParam().check) continue;
    seen = true;
    EXPECT_EQ(check.verdict, Verdict::kFailed);
    EXPECT_THAT(check.detail, HasSubstr(GetParam().said));
  }
  EXPECT_TRUE(seen);
}

void WithFacts(Draft* draft, void (*change)(TaskResult*)) {
  Draft other;
  change(&other.result);
  draft->files[kFactsFile] = other.Facts();
}

INSTANTIATE_TEST_SUITE_P(
    Cases, LyingBundle,
    ::testing::Values(
        Lie{"ManifestDigest",
            [](Draft* d) {
              d->after = [](const fs::path& at) {
                Draft::Rewrite(at, kManifestFile, Sha256Hex(kPatch), std::string(64, '0'));
              };
            },
            "digests", "its SHA-256 is"},
        Lie{"ManifestSize",
            [](Draft* d) {
              d->after = [](const fs::path& at) {
                Draft::Rewrite(at, kManifestFile, StrCat("\"size\": ", sizeof kPatch - 1),
                               "\"size\": 7");
              };
            },
            "digests", "the manifest says 7"},
        Lie{"MissingFile",
            [](Draft* d) { d->after = [](const fs::path& at) { fs::remove(at / kDiffFile); }; },
            "digests", "diff.patch"},
        Lie{"ExtraFile",
            [](Draft* d) {
              d->after = [](const fs::path& at) {
                ASSERT_TRUE(WriteFileAtomically(at / "more", "x").ok());
              };
            },
            "digests", "the manifest does not name it"},
        Lie{"TraversalInManifest",
            [](Draft* d) {
              d->after = [](const fs::path& at) {
                Draft::Rewrite(at, kManifestFile, "junit/a.xml", "../../a.xml");
              };
            },
            "digests", "is no plain relative path"},
        Lie{"ExitCodeOfAFailureInASuccess",
            [](Draft* d) {
              d->after = [](const fs::path& at) {
                const std::string old = *Sha256HexOfFile(at / kResultFile);
                Draft::Rewrite(at, kResultFile, "\"exit_code\": 0", "\"exit_code\": 9");
                Draft::Rewrite(at, kManifestFile, old, *Sha256HexOfFile(at / kResultFile));
              };
            },
            "digests", "exit_code"},
        Lie{"ExitCodeAgainstFacts",
            [](Draft* d) { WithFacts(d, [](TaskResult* r) { r->exit_code = 9; }); }, "facts",
            "exit code 9; result.json says state completed, outcome success"},
        Lie{"OutcomeAgainstFacts",
            [](Draft* d) {
              WithFacts(d, [](TaskResult* r) {
                r->failure = FailureClass::kCommandFailed;
                r->outcome = OutcomeOf(r->failure);
                r->state = StateOf(r->failure);
              });
            },
            "facts", "the last says state failed, outcome failure, failure \"command_failed\""},
        Lie{"FactsOfAnotherRun",
            [](Draft* d) {
              d->files[kFactsFile] =
                  StrReplaceAll(d->files[kFactsFile], d->spec.run_id, "run-of-somebody");
            },
            "facts", "fact 1 is of another run"},
        Lie{"FactsWithoutAnEnd",
            [](Draft* d) {
              d->files[kFactsFile] =
                  StrCat(d->files[kFactsFile].substr(0, d->files[kFactsFile].find('\n')), "\n");
            },
            "facts", "no fact says how the run ended"},
        Lie{"FactsThatAreNone", [](Draft* d) { d->files[kFactsFile] = "[]\n"; }, "facts",
            "fact 1 is no event"},
        Lie{"TestsAgainstJUnit", [](Draft* d) { d->result.artifact.tests = {5, 5, 0, 0, 0, {}}; },
            "tests", "result.json says 5 tests, 5 passed"},
        Lie{"FailingTestsHidden",
            [](Draft* d) {
              d->files["junit/b.xml"] =
                  "<testsuite name='t'><testcase name='b'><failure/></testcase></testsuite>";
            },
            "tests", "counted are 2 tests, 1 passed, 1 failed"},
        Lie{"BrokenRuleHidden", [](Draft* d) { d->contract.guardrails.deny_paths = {"src/**"}; },
            "guardrails", "the patch breaks path-denied on src/a, and result.json does not say so"},
        Lie{"ChangedFileHidden", [](Draft* d) { d->result.artifact.changed_files = {}; },
            "changed_files", "diff.patch has src/a"},
        Lie{"AnotherProfile", [](Draft* d) { d->result.profile = "gitops"; }, "guardrails",
            "its profile is gitops, not code"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(HonestBundle, PassesEveryCheckThatTheLiesFail) {
  ameide::testing::TempDir dir;
  const OfflineVerdict verdict = Judge(Draft(), dir.path() / "bundle");
  for (const BundleCheck& check : verdict.checks) {
    EXPECT_EQ(check.verdict, check.name == "signature" ? Verdict::kNotPossible : Verdict::kOk)
        << check.name << ": " << check.detail;
  }
}

// Terminal escapes are no lie that can be found out, so they are taken away wherever people look.
TEST(HostileWords, ComeOutPrintable) {
  ameide::testing::TempDir dir;
  const std::string evil = "\x1b]0;title\x07\x1b[2J\x9b\xff<script>";
  Draft draft;
  draft.result.artifact.summary = evil;
  draft.result.artifact.risks = {evil};
  draft.files[kRunLogFile] = EncodeLog(draft.result.started_at, LogStream::kStdout, evil + "\n");
  const fs::path path = dir.path() / "bundle";
  const OfflineVerdict verdict = Judge(draft, path);
  ASSERT_TRUE(verdict.bundle);
  const Artifact& artifact = verdict.bundle->result.artifact;
  const std::string page = ReadFile(path / kReportFile, 4u << 20).value();
  const std::string log = ReadableLog(ReadFile(path / kRunLogFile, 4u << 20).value());
  for (const std::string& text : {artifact.summary, artifact.risks.at(0), page, log}) {
    EXPECT_EQ(text, ToPrintable(text));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
  }
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
}

}  // namespace
}  // namespace ameide::task
