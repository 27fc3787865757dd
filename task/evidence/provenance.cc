#include "task/evidence/provenance.h"

#include "base/quoting.h"
#include "base/strings.h"
#include "task/evidence/dsse.h"
#include "task/evidence/provenance_words.h"

namespace ameide::task {
namespace {

using namespace provenance_words;  // NOLINT: the vocabulary of this file

Json Subjects(const std::vector<ManifestFile>& files) {
  Json::Array subjects;
  for (const ManifestFile& file : files) {
    if (file.path == kProvenanceFile) continue;
    subjects.push_back(
        Json::Object{{"name", file.path}, {"digest", Json::Object{{"sha256", file.sha256}}}});
  }
  return subjects;
}

Json Statement(std::string_view predicate_type, const std::vector<ManifestFile>& files,
               Json predicate) {
  return Json::Object{{"_type", kStatementType},
                      {"subject", Subjects(files)},
                      {"predicateType", predicate_type},
                      {"predicate", std::move(predicate)}};
}

// SPDX spells a repository at a commit "git+https://…@ref"; the digest pins it. A run that was
// refused may have none.
Json Source(const TaskResult& result) {
  const std::string& url = result.repository_url;
  if (url.empty()) return Json::Array{};
  Json source;
  source.Set(
      "uri",
      StrCat("git+", url.starts_with('/') ? StrCat("file://", PercentEncode(url, "-._~/")) : url,
             result.repository_ref.empty() ? "" : StrCat("@", result.repository_ref)));
  if (!result.base_commit.empty()) {
    source.Set("digest", Json::Object{{"gitCommit", result.base_commit}});
  }
  return Json::Array{std::move(source)};
}

// For a run whose spec nobody has: what its result says of it.
Json KnownParameters(const TaskResult& result) {
  return Json::Object{{"work_id", result.work_id},
                      {"run_id", result.run_id},
                      {"kind", ToString(result.kind)},
                      {"profile", result.profile},
                      {"command", Json::Strings(result.command)}};
}

Json SlsaPredicate(const Attestation& attestation, const TaskResult& result) {
  Json definition;
  definition.Set("buildType", kBuildType);
  definition.Set("externalParameters",
                 attestation.spec.is_null() ? KnownParameters(result) : attestation.spec);
  definition.Set("internalParameters",
                 Json::Object{{"ameide_signature", attestation.key_pem.empty()
                                                       ? "none: nobody vouches for this statement"
                                                       : "dsse"}});
  definition.Set("resolvedDependencies", Source(result));
  Json builder;
  builder.Set("id", attestation.builder_id);
  if (!attestation.builder_version.empty()) {
    builder.Set("version", Json::Object{{"ameide", attestation.builder_version}});
  }
  Json metadata;
  metadata.Set("invocationId", result.run_id);
  metadata.Set("startedOn", FormatTime(result.started_at));
  metadata.Set("finishedOn", FormatTime(result.finished_at));
  return Json::Object{{"buildDefinition", std::move(definition)},
                      {"runDetails", Json::Object{{"builder", std::move(builder)},
                                                  {"metadata", std::move(metadata)}}}};
}

Json TestPredicate(const TaskResult& result) {
  return Json::Object{{"result", TestVerdict(result.artifact.tests)},
                      {"configuration", Source(result)},
                      {"failedTests", Json::Strings(result.artifact.tests.failing)}};
}

Result<std::string> LineOf(const Json& statement, const std::string& key_pem) {
  const std::string body = statement.Dump();
  if (key_pem.empty()) return StrCat(body, "\n");
  AMEIDE_ASSIGN_OR_RETURN(const Json envelope, SealEnvelope(kPayloadType, body, key_pem));
  return StrCat(envelope.Dump(), "\n");
}

}  // namespace

std::string_view provenance_words::TestVerdict(const TestCounts& tests) {
  if (tests.failed > 0 || tests.errors > 0) return "FAILED";
  return tests.passed > 0 ? "PASSED" : "WARNED";  // nothing failed, but nothing was shown either
}

Result<std::string> Provenance(const Attestation& attestation, const TaskResult& result,
                               const std::vector<ManifestFile>& files) {
  AMEIDE_ASSIGN_OR_RETURN(
      const std::string slsa,
      LineOf(Statement(kSlsaPredicate, files, SlsaPredicate(attestation, result)),
             attestation.key_pem));
  AMEIDE_ASSIGN_OR_RETURN(
      const std::string tests,
      LineOf(Statement(kTestPredicate, files, TestPredicate(result)), attestation.key_pem));
  return StrCat(slsa, tests);
}

}  // namespace ameide::task
