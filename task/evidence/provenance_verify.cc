// provenance.json read back: strangers may have written any of it.
#include <map>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"
#include "task/evidence/dsse.h"
#include "task/evidence/provenance.h"
#include "task/evidence/provenance_words.h"
#include "task/evidence/signature.h"

namespace ameide::task {
namespace {

using namespace provenance_words;  // NOLINT: the vocabulary of this file
using Signed = ProvenanceVerdict::Signed;

Error Bad(std::string cause, ErrorKind kind = ErrorKind::kInvalid) {
  return Error{kind, "verify", kProvenanceFile, std::move(cause), "do not trust this bundle"};
}

struct Opened {
  Json statement;
  Signed is_signed = Signed::kNo;
  std::string key_id;
};

Result<Opened> OpenEnvelope(const Json& json, std::string_view public_key_pem) {
  const Result<Envelope> envelope = EnvelopeFromJson(json, kPayloadType);
  if (!envelope.ok()) return Bad(envelope.error().cause);
  Opened opened{Json(), Signed::kUnchecked, Truncate(ToOneLine(envelope->key_id), 200)};
  if (!public_key_pem.empty()) {
    AMEIDE_RETURN_IF_ERROR(CheckEnvelope(*envelope, public_key_pem));
    AMEIDE_ASSIGN_OR_RETURN(opened.key_id, KeyIdOf(public_key_pem));
    opened.is_signed = Signed::kGood;
  }
  const Result<Json> statement = ParseJson(envelope->body);
  if (!statement.ok()) return Bad(statement.error().cause);
  opened.statement = *statement;
  return opened;
}

Result<Opened> OpenLine(std::string_view line, std::string_view public_key_pem) {
  const Result<Json> json = ParseJson(line, {.bytes = 64u << 20});
  if (!json.ok()) return Bad(json.error().cause);
  if (json->Find("payload") != nullptr) return OpenEnvelope(*json, public_key_pem);
  if (!public_key_pem.empty()) return Bad("it is not signed", ErrorKind::kDenied);
  return Opened{*json, Signed::kNo, ""};
}

// The very files of the manifest, each once with its digest, and no other.
Status CheckSubjects(const Json& statement, const Manifest& manifest) {
  std::map<std::string_view, std::string_view> expected;
  for (const ManifestFile& file : manifest.files) expected[file.path] = file.sha256;
  expected.erase(kProvenanceFile);
  const Json* subjects = statement.Find("subject");
  if (subjects == nullptr || subjects->AsArray() == nullptr)
    return Bad("a statement has no subject");
  for (const Json& subject : *subjects->AsArray()) {
    const std::string name = TextAt(subject, {"name"});
    const auto file = expected.find(name);
    if (file == expected.end() || file->second != TextAt(subject, {"digest", "sha256"})) {
      return Bad(StrCat("its subject ", Quote(Truncate(name, 300)),
                        " is not the file that manifest.json names"));
    }
    expected.erase(file);
  }
  if (expected.empty()) return Ok{};
  return Bad(StrCat("it does not speak of ", expected.begin()->first));
}

Status CheckStatement(const Json& statement, std::string_view predicate_type,
                      const Manifest& manifest) {
  if (TextAt(statement, {"_type"}) != kStatementType ||
      TextAt(statement, {"predicateType"}) != predicate_type) {
    return Bad(StrCat("a line is no in-toto Statement v1 with the predicate ", predicate_type));
  }
  return CheckSubjects(statement, manifest);
}

Status CheckClaims(const Json& slsa, const Json& tests, const TaskResult& result) {
  if (TextAt(slsa, {"predicate", "buildDefinition", "buildType"}) != kBuildType) {
    return Bad(StrCat("its buildType is not ", kBuildType));
  }
  if (TextAt(slsa, {"predicate", "runDetails", "metadata", "invocationId"}) != result.run_id) {
    return Bad("it speaks of another run");
  }
  if (TextAt(tests, {"predicate", "result"}) != TestVerdict(result.artifact.tests)) {
    return Bad("its test result is not the one of result.json");
  }
  return Ok{};
}

}  // namespace

Result<ProvenanceVerdict> VerifyProvenance(std::string_view bytes, const Manifest& manifest,
                                           const TaskResult& result,
                                           std::string_view public_key_pem) {
  const std::vector<std::string_view> lines = StrSplit(bytes, '\n');
  if (lines.size() != 3 || !lines[2].empty()) return Bad("it does not have exactly two lines");
  AMEIDE_ASSIGN_OR_RETURN(const Opened slsa, OpenLine(lines[0], public_key_pem));
  AMEIDE_ASSIGN_OR_RETURN(const Opened tests, OpenLine(lines[1], public_key_pem));
  if (slsa.is_signed != tests.is_signed) return Bad("only one of its statements is signed");
  AMEIDE_RETURN_IF_ERROR(CheckStatement(slsa.statement, kSlsaPredicate, manifest));
  AMEIDE_RETURN_IF_ERROR(CheckStatement(tests.statement, kTestPredicate, manifest));
  AMEIDE_RETURN_IF_ERROR(CheckClaims(slsa.statement, tests.statement, result));
  return ProvenanceVerdict{
      slsa.is_signed, slsa.key_id,
      Truncate(ToOneLine(TextAt(slsa.statement, {"predicate", "runDetails", "builder", "id"})),
               200)};
}

}  // namespace ameide::task
