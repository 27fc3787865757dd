// Publish orders lie where a task's command can write: whatever is there, it opens only for its
// key, and what a statement says comes back the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/testing/fuzz.h"
#include "task/evidence/order_envelope.h"
#include "task/evidence/signature.h"

namespace {

const std::string& PublicKey() {
  static const std::string pem =
      *ameide::task::PublicPemFromDer(ameide::task::KeyFromSeed(std::string(32, 'k'))->public_der);
  return pem;
}

ameide::task::PublishStatement Statement() {
  return {"job-7", "run-1", std::string(40, 'a'), std::string(64, 'b'),
          *ameide::ParseTime("2026-01-02T03:04:05.000006Z")};
}

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() {
  using namespace ameide::task;
  return {*SealPublishOrder(Statement(), KeyFromSeed(std::string(32, 'k'))->private_pem),
          ToJson(Statement()).Dump(), "{}"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto opened = task::OpenPublishOrder(bytes, PublicKey());
  if (opened.ok() && *opened != Statement()) std::abort();  // nothing else was ever signed
  const Result<Json> json = ParseJson(bytes);
  if (!json.ok()) return 0;
  const auto statement = task::PublishStatementFromJson(*json);
  if (!statement.ok()) return 0;
  const auto again = task::PublishStatementFromJson(ToJson(*statement.value));
  if (!again.ok() || *again.value != *statement.value) std::abort();
  return 0;
}
