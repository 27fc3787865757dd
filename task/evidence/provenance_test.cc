#include "task/evidence/provenance.h"

#include "absl/strings/escaping.h"
#include "base/strings.h"
#include "base/testing/golden.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "task/evidence/bundle.h"
#include "task/evidence/dsse.h"
#include "task/evidence/signature.h"
#include "task/evidence/testing/keys.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::ameide::testing::TempDir;
using ::testing::HasSubstr;
using Signed = ProvenanceVerdict::Signed;

const std::string kA(64, 'a');
const std::string kB(64, 'b');

Manifest SampleManifest() {
  const TaskResult result = testing::SampleViolation();
  return {result.work_id,
          result.run_id,
          {{"diff.patch", 7, kA}, {kProvenanceFile, 9, std::string(64, 'c')}, {"run.log", 3, kB}},
          {}};
}

Attestation SampleAttestation() {
  Attestation attestation;
  attestation.spec = Json::Object{{"work_id", "PBI-1043.patch"}, {"profile", "code"}};
  attestation.builder_version = "1.2.3";
  return attestation;
}

std::string Make(const Attestation& attestation) {
  const auto made = Provenance(attestation, testing::SampleViolation(), SampleManifest().files);
  EXPECT_TRUE(made.ok()) << made.error().ToString();
  return made.ok() ? *made : "";
}

Result<ProvenanceVerdict> Check(const std::string& bytes, const std::string& key = "") {
  return VerifyProvenance(bytes, SampleManifest(), testing::SampleViolation(), key);
}

TEST(Provenance, UnsignedStatementsLookAsAgreed) {
  std::string pretty;
  const std::string bytes = Make(SampleAttestation());
  for (const std::string_view line : StrSplit(bytes, '\n')) {
    if (!line.empty()) pretty += ParseJson(line)->DumpPretty();
  }
  EXPECT_GOLDEN(pretty, "task/evidence/testdata/provenance.txt");
}

TEST(Provenance, TheSourceIsAUriOrAbsent) {
  const std::pair<const char*, const char*> kSources[] = {
      {"https://git.example.com/a.git", R"([{"uri":"git+https://git.example.com/a.git@v1"}])"},
      {"/srv/my repo", R"([{"uri":"git+file:///srv/my%20repo@v1"}])"},
      {"", "[]"}};
  for (const auto& [url, sources] : kSources) {
    TaskResult result = testing::SampleViolation();
    result.repository_url = url;
    result.repository_ref = "v1";
    result.base_commit = "";
    const std::string lines = *Provenance({}, result, {});
    EXPECT_THAT(lines, HasSubstr(StrCat("\"resolvedDependencies\":", sources)));
    EXPECT_THAT(lines, HasSubstr(StrCat("\"configuration\":", sources)));
  }
}

TEST(Provenance, UnsignedOnesVerifyAsUnsignedAndNeverForAKey) {
  const std::string bytes = Make(SampleAttestation());
  const auto verdict = Check(bytes);
  ASSERT_TRUE(verdict.ok()) << verdict.error().ToString();
  EXPECT_EQ(verdict->is_signed, Signed::kNo);
  EXPECT_EQ(verdict->builder_id, kAgentBuilder);
  const auto refused = Check(bytes, testing::MakeKeyPair("ed25519").public_pem);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kDenied);
}

class SignedProvenance : public ::testing::TestWithParam<const char*> {};

TEST_P(SignedProvenance, HoldsForItsKeyAndIsRefusedOtherwise) {
  const auto key = testing::MakeKeyPair(GetParam());
  Attestation attestation = SampleAttestation();
  attestation.key_pem = key.private_pem;
  const std::string bytes = Make(attestation);
  EXPECT_EQ(bytes.find("PRIVATE"), bytes.npos);
  const auto good = Check(bytes, key.public_pem);
  ASSERT_TRUE(good.ok()) << good.error().ToString();
  EXPECT_EQ(good->is_signed, Signed::kGood);
  EXPECT_EQ(good->key_id, *KeyIdOf(key.public_pem));
  EXPECT_EQ(Check(bytes)->is_signed, Signed::kUnchecked);
  EXPECT_FALSE(Check(bytes, testing::MakeKeyPair(GetParam()).public_pem).ok());

  // The same envelope around another payload.
  Json envelope = *ParseJson(StrSplit(bytes, '\n')[0]);
  std::string body;
  ASSERT_TRUE(absl::Base64Unescape(*envelope.Find("payload")->AsString(), &body));
  envelope.Set("payload", absl::Base64Escape(StrReplaceAll(body, "1.2.3", "6.6.6")));
  const std::string tampered = StrCat(envelope.Dump(), "\n", StrSplit(bytes, '\n')[1], "\n");
  const auto refused = Check(tampered, key.public_pem);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kDenied);

  // Stripped of its signature.
  const std::string bare = StrCat(body, "\n", StrSplit(bytes, '\n')[1], "\n");
  EXPECT_FALSE(Check(bare, key.public_pem).ok());
  EXPECT_THAT(Check(bare).error().cause, HasSubstr("only one"));
}

INSTANTIATE_TEST_SUITE_P(Provenance, SignedProvenance, ::testing::Values("ed25519", "p256"),
                         [](const auto& one) { return std::string(one.param); });

// Computed by hand from the definition in the DSSE protocol document, version 1.0.
TEST(Provenance, PreAuthenticationEncodingFollowsDsse) {
  EXPECT_EQ(PreAuthenticationEncoding("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(PreAuthenticationEncoding("text/x-task", "a b\n"), "DSSEv1 11 text/x-task 4 a b\n");
  EXPECT_EQ(PreAuthenticationEncoding("t", "\xC3\xA4"), "DSSEv1 1 t 2 \xC3\xA4");  // bytes count
}

TEST(Provenance, RefusesWhatDoesNotFitTheBundle) {
  const std::string good = Make(SampleAttestation());
  const std::vector<std::string_view> lines = StrSplit(good, '\n');
  struct Row {
    const char* name;
    std::string bytes;
    const char* cause;
  };
  const Row rows[] = {
      {"nothing", "", "exactly two lines"},
      {"one line", StrCat(lines[0], "\n"), "exactly two lines"},
      {"three lines", good + std::string(lines[0]) + "\n", "exactly two lines"},
      {"swapped", StrCat(lines[1], "\n", lines[0], "\n"), "predicate https://slsa.dev"},
      {"no JSON", "x\ny\n", "line 1"},
      {"another digest", StrReplaceAll(good, kA, kB), "\"diff.patch\" is not the file"},
      {"another file", StrReplaceAll(good, "run.log", "x.log"), "\"x.log\" is not the file"},
      {"a file too few",
       StrReplaceAll(good, StrCat(",{\"name\":\"run.log\",\"digest\":{\"sha256\":\"", kB, "\"}}"),
                     ""),
       "does not speak of run.log"},
      {"a file twice", StrReplaceAll(good, "\"run.log\"", "\"diff.patch\""), "is not the file"},
      {"another build type", StrReplaceAll(good, "urn:ameide:task:1", "urn:x"), "buildType"},
      {"another run", StrReplaceAll(good, "pbi-1043-patch-09c1", "pbi-1"), "another run"},
      {"another verdict", StrReplaceAll(good, "FAILED", "PASSED"), "its test result"},
      {"an odd envelope", "{\"payload\":\"\"}\n{}\n", "payloadType"},
      {"an envelope without signatures",
       "{\"payload\":\"\",\"payloadType\":\"application/vnd.in-toto+json\"}\n{}\n",
       "no signatures"},
  };
  for (const Row& row : rows) {
    const auto verdict = Check(row.bytes);
    ASSERT_FALSE(verdict.ok()) << row.name;
    EXPECT_THAT(verdict.error().cause, HasSubstr(row.cause)) << row.name;
  }
}

TEST(Provenance, IsInEveryBundleAndCanBeSignedLater) {
  const TempDir dir;
  auto writer = BundleWriter::Create(dir.path() / "b");
  ASSERT_TRUE(writer.ok());
  const TaskResult result = testing::SampleViolation();
  ASSERT_TRUE(writer->AddFile(kSpecFile, R"({"version": 1, "marker": "from spec.json"})").ok());
  EXPECT_FALSE(writer->AddFile(kProvenanceFile, "mine").ok());
  ASSERT_TRUE(writer->Finish(result).ok());
  const std::string first = *ReadFile(dir.path() / "b" / kProvenanceFile, 1 << 20);
  EXPECT_THAT(first, HasSubstr("from spec.json"));
  EXPECT_THAT(first, HasSubstr("nobody vouches"));
  EXPECT_THAT(first, HasSubstr("report.html"));
  const auto bundle = VerifyBundle(dir.path() / "b");
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
  EXPECT_TRUE(VerifyProvenance(first, bundle->manifest, bundle->result, "").ok());

  const auto key = testing::MakeKeyPair("ed25519");
  const auto attested =
      AttestBundle(dir.path() / "b", {.spec = Json("mine"), .key_pem = key.private_pem});
  ASSERT_TRUE(attested.ok()) << attested.error().ToString();
  EXPECT_NE(attested->manifest_sha256, bundle->manifest_sha256);
  const std::string second = *ReadFile(dir.path() / "b" / kProvenanceFile, 1 << 20);
  const auto verdict =
      VerifyProvenance(second, attested->manifest, attested->result, key.public_pem);
  ASSERT_TRUE(verdict.ok()) << verdict.error().ToString();
  EXPECT_EQ(verdict->is_signed, Signed::kGood);
}

}  // namespace
}  // namespace ameide::task
