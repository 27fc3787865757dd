// provenance.json with anything in it: a verdict or an error, and never "signed" without a key.
#include <cstdint>
#include <string_view>

#include "base/testing/fuzz.h"
#include "task/evidence/provenance.h"

namespace {

// The public key of RFC 8032, section 7.1, test 1.
constexpr char kPublicKey[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{"
      "\"keyid\":\"a\",\"sig\":\"YQ==\"}]}\n{}\n",
      "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"a\",\"digest\":{"
      "\"sha256\":\"b\"}}],\"predicateType\":\"https://slsa.dev/provenance/v1\",\"predicate\":{"
      "\"buildDefinition\":{\"buildType\":\"urn:ameide:task:1\"},\"runDetails\":{\"metadata\":{"
      "\"invocationId\":\"\"}}}}\n{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{"
      "\"name\":\"a\",\"digest\":{\"sha256\":\"b\"}}],\"predicateType\":\"https://in-toto.io/"
      "attestation/test-result/v0.1\",\"predicate\":{\"result\":\"WARNED\"}}\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ameide::task::ProvenanceVerdict;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ameide::task::Manifest manifest{"", "", {{"a", 1, "b"}}, {}};
  const auto verdict = ameide::task::VerifyProvenance(bytes, manifest, {}, "");
  if (verdict.ok() && verdict->is_signed == ProvenanceVerdict::Signed::kGood) __builtin_trap();
  if (ameide::task::VerifyProvenance(bytes, manifest, {}, kPublicKey).ok()) __builtin_trap();
  return 0;
}
