// provenance.json: two in-toto Statements about a bundle's files, one JSON document per line, each
// in a DSSE envelope when there is a key, else bare and saying so.
//
// Contracts: in-toto Statement v1, SLSA provenance v1 (buildType urn:ameide:task:1, the task spec
// as externalParameters), in-toto test-result v0.1, DSSE v1 (pre-authentication encoding). Subjects
// are all files of the manifest but provenance.json, which cannot hold its own digest. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "task/contract/manifest.h"
#include "task/contract/task_result.h"

namespace ameide::task {

inline constexpr std::string_view kAgentBuilder = "urn:ameide:agent";
inline constexpr std::string_view kLauncherBuilder = "urn:ameide:launcher";

// Who says it. Whoever can read the key can sign anything: it must not be where a command runs.
struct Attestation {
  Json spec;  // the TaskSpec; null when the run had none that could be read
  std::string builder_id = std::string(kAgentBuilder);
  std::string builder_version;  // may be empty
  std::string key_pem;          // private key (signature.h); empty: unsigned
};

// The bytes of provenance.json. Errors come from the key only.
Result<std::string> Provenance(const Attestation& attestation, const TaskResult& result,
                               const std::vector<ManifestFile>& files);

struct ProvenanceVerdict {
  enum class Signed { kNo, kUnchecked, kGood };  // kUnchecked: signed, but no public key was given
  Signed is_signed = Signed::kNo;
  std::string key_id;  // as the envelope claims; checked only when kGood
  std::string builder_id;
};
// Compares provenance.json with the (verified) manifest and result it lies beside. kInvalid when it
// is malformed or speaks of other files or another run, kDenied when a signature does not hold or,
// with a public key, there is none.
Result<ProvenanceVerdict> VerifyProvenance(std::string_view bytes, const Manifest& manifest,
                                           const TaskResult& result,
                                           std::string_view public_key_pem);

}  // namespace ameide::task
