#include "task/evidence/offline_checks.h"

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "task/evidence/testing/keys.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::ameide::testing::TempDir;
using ::testing::HasSubstr;
using Verdict = BundleCheck::Verdict;

constexpr char kPatch[] =
    "diff --git a/gitops/values.yaml b/gitops/values.yaml\n"
    "index 257cc5642cb1a054f08cc83f2d943e56fd3ebe99..5716ca5987cbf97d6bb54920bea6adde242d87e6 "
    "100644\n"
    "--- a/gitops/values.yaml\n"
    "+++ b/gitops/values.yaml\n"
    "@@ -1 +1 @@\n"
    "-foo\n"
    "+bar\n";
constexpr char kJUnit[] =
    "<testsuite name='s'><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>";
constexpr char kCtrf[] = R"({"results": {"tests": [{"name": "c", "status": "passed"}]}})";

ProfileContract Contract(std::vector<std::string> deny) {
  ProfileContract contract;
  contract.name = "code";
  contract.marker = "code";
  contract.guardrails.deny_paths = std::move(deny);
  return contract;
}

// A bundle that is right in every respect, with one failing test and a patch below gitops/.
struct OfflineChecks : ::testing::Test {
  void SetUp() override {
    result = testing::SampleSuccess();
    result.artifact.changed_files = {"gitops/values.yaml"};
    result.artifact.tests = {3, 2, 1, 0, 0, {"s.b"}};
    files = {{kDiffFile, kPatch}, {"junit/a.xml", kJUnit}, {"junit/b.json", kCtrf}};
  }
  OfflineVerdict Check(const std::string& key = "") {
    const fs::path path = dir.path() / std::to_string(count++);
    auto writer = BundleWriter::Create(path);
    for (const auto& [name, bytes] : files) EXPECT_TRUE(writer->AddFile(name, bytes).ok()) << name;
    const Status finished = writer->Finish(result);
    EXPECT_TRUE(finished.ok()) << finished.error().ToString();
    if (!attestation.key_pem.empty()) {
      EXPECT_TRUE(AttestBundle(path, attestation).ok());
    }
    if (after) after(path);
    return CheckBundle({path, key, contract});
  }
  static const BundleCheck& Of(const OfflineVerdict& verdict, std::string_view name) {
    for (const BundleCheck& check : verdict.checks) {
      if (check.name == name) return check;
    }
    ADD_FAILURE() << "no check " << name;
    static const BundleCheck kNone;
    return kNone;
  }
  TempDir dir;
  int count = 0;
  TaskResult result;
  std::map<std::string, std::string> files;
  std::optional<ProfileContract> contract = Contract({});
  Attestation attestation;
  std::function<void(const fs::path&)> after;
};

TEST_F(OfflineChecks, AGoodBundlePassesAndSaysThatItIsUnsigned) {
  const OfflineVerdict verdict = Check();
  EXPECT_FALSE(verdict.failed());
  ASSERT_EQ(verdict.checks.size(), 6u);
  for (const BundleCheck& check : verdict.checks) {
    const bool neither = check.name == "signature" || check.name == "facts";
    EXPECT_EQ(check.verdict, neither ? Verdict::kNotPossible : Verdict::kOk) << check.detail;
  }
  EXPECT_THAT(Of(verdict, "signature").detail, HasSubstr("unsigned"));
}

TEST_F(OfflineChecks, ADigestThatDiffersEndsAll) {
  after = [](const fs::path& path) {
    ASSERT_TRUE(WriteFileAtomically(path / kDiffFile, "other").ok());
  };
  const OfflineVerdict verdict = Check();
  EXPECT_TRUE(verdict.failed());
  EXPECT_FALSE(verdict.bundle.has_value());
  EXPECT_EQ(Of(verdict, "digests").verdict, Verdict::kFailed);
  EXPECT_EQ(Of(verdict, "tests").verdict, Verdict::kNotPossible);
}

TEST_F(OfflineChecks, SignaturesAreCheckedWithTheGivenKeyOnly) {
  const auto key = testing::MakeKeyPair("p256");
  EXPECT_EQ(Of(Check(key.public_pem), "signature").verdict, Verdict::kFailed);  // unsigned
  attestation.key_pem = key.private_pem;
  EXPECT_EQ(Of(Check(key.public_pem), "signature").verdict, Verdict::kOk);
  EXPECT_EQ(Of(Check(), "signature").verdict, Verdict::kNotPossible);
  const auto other = testing::MakeKeyPair("p256");
  EXPECT_EQ(Of(Check(other.public_pem), "signature").verdict, Verdict::kFailed);
}

// Whoever can write the bundle can make its digests agree, but not with a key that he lacks.
TEST_F(OfflineChecks, ARewrittenResultDoesNotKeepItsSignature) {
  const auto key = testing::MakeKeyPair("ed25519");
  attestation.key_pem = key.private_pem;
  after = [this](const fs::path& path) {
    const std::string signed_one = *ReadFile(path / kProvenanceFile, 1 << 20);
    ASSERT_TRUE(RemoveTree(path).ok());
    TaskResult better = result;
    better.artifact.summary = "All is well.";
    auto writer = BundleWriter::Create(path);
    for (const auto& [name, bytes] : files) ASSERT_TRUE(writer->AddFile(name, bytes).ok());
    ASSERT_TRUE(writer->Finish(better).ok());
    ASSERT_TRUE(AttestBundle(path, {.key_pem = testing::MakeKeyPair("ed25519").private_pem}).ok());
  };
  EXPECT_EQ(Of(Check(key.public_pem), "signature").verdict, Verdict::kFailed);
}

TEST_F(OfflineChecks, GuardrailsAreReplayedByTheGivenProfile) {
  contract = Contract({"gitops/**"});
  const OfflineVerdict hidden = Check();
  EXPECT_EQ(Of(hidden, "guardrails").verdict, Verdict::kFailed);
  EXPECT_THAT(Of(hidden, "guardrails").detail, HasSubstr("path-denied on gitops/values.yaml"));
  result = testing::SampleViolation();
  result.artifact.changed_files = {"gitops/values.yaml"};
  result.artifact.tests = {3, 2, 1, 0, 0, {"s.b"}};
  result.findings[0].path = "gitops/values.yaml";
  EXPECT_EQ(Of(Check(), "guardrails").verdict, Verdict::kOk);
  contract->name = "sre";
  EXPECT_EQ(Of(Check(), "guardrails").verdict, Verdict::kFailed);
}

TEST_F(OfflineChecks, WithoutAProfileTheBundlesOwnIsTaken) {
  contract.reset();
  EXPECT_EQ(Of(Check(), "guardrails").verdict, Verdict::kNotPossible);
  files[kContractFile] = "{}";
  EXPECT_EQ(Of(Check(), "guardrails").verdict, Verdict::kFailed);
}

TEST_F(OfflineChecks, ATasksOwnGuardrailsCount) {
  TaskSpec spec;
  spec.work_id = result.work_id;
  spec.profile = "code";
  spec.repository.url = "https://git.example.com/ameide/shop.git";
  spec.command = {"true"};
  spec.guardrails.deny_paths = {"gitops/**"};
  files[kSpecFile] = ToJson(spec).DumpPretty();
  EXPECT_EQ(Of(Check(), "guardrails").verdict, Verdict::kFailed);
  spec.work_id = "another";
  files[kSpecFile] = ToJson(spec).DumpPretty();
  EXPECT_THAT(Of(Check(), "guardrails").detail, HasSubstr("another task's"));
}

TEST_F(OfflineChecks, ThePatchMustBeWhatTheResultLists) {
  result.artifact.changed_files = {};
  EXPECT_EQ(Of(Check(), "changed_files").verdict, Verdict::kFailed);
  result.artifact.changed_files = {"gitops/values.yaml", "more"};
  EXPECT_EQ(Of(Check(), "changed_files").verdict, Verdict::kFailed);
  files[kDiffFile] = "what is this\n";
  EXPECT_EQ(Of(Check(), "guardrails").verdict, Verdict::kFailed);
  files.erase(kDiffFile);
  EXPECT_EQ(Of(Check(), "changed_files").verdict, Verdict::kNotPossible);
}

TEST_F(OfflineChecks, TestsAreRecounted) {
  result.artifact.tests = {3, 3, 0, 0, 0, {}};
  const OfflineVerdict lying = Check();
  EXPECT_EQ(Of(lying, "tests").verdict, Verdict::kFailed);
  EXPECT_THAT(Of(lying, "tests").detail, HasSubstr("counted are 3 tests, 2 passed, 1 failed"));
  files.erase("junit/a.xml");
  files.erase("junit/b.json");
  EXPECT_EQ(Of(Check(), "tests").verdict, Verdict::kNotPossible);
  files["junit/x.xml"] = "<html/>";
  EXPECT_EQ(Of(Check(), "tests").verdict, Verdict::kFailed);
}

}  // namespace
}  // namespace ameide::task
