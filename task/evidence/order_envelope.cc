#include "task/evidence/order_envelope.h"

#include "base/strings.h"
#include "task/evidence/dsse.h"

namespace ameide::task {

Result<std::string> SealPublishOrder(const PublishStatement& statement,
                                     std::string_view private_key_pem) {
  AMEIDE_ASSIGN_OR_RETURN(
      const Json envelope,
      SealEnvelope(kPublishOrderType, ToJson(statement).Dump(), private_key_pem));
  return StrCat(envelope.Dump(), "\n");
}

Result<PublishStatement> OpenPublishOrder(std::string_view bytes, std::string_view public_key_pem) {
  AMEIDE_ASSIGN_OR_RETURN(const Json json,
                          ParseJson(bytes, {.bytes = kMaxPublishOrderBytes, .depth = 8}));
  AMEIDE_ASSIGN_OR_RETURN(const Envelope envelope, EnvelopeFromJson(json, kPublishOrderType));
  AMEIDE_RETURN_IF_ERROR(CheckEnvelope(envelope, public_key_pem));
  AMEIDE_ASSIGN_OR_RETURN(const Json body,
                          ParseJson(envelope.body, {.bytes = kMaxPublishOrderBytes, .depth = 4}));
  Checked<PublishStatement> statement = PublishStatementFromJson(body);
  if (!statement.ok()) return ToError(statement.problems, "read", "publish order");
  return std::move(*statement.value);
}

}  // namespace ameide::task
