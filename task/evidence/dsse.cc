#include "task/evidence/dsse.h"

#include "base/base64.h"
#include "base/strings.h"
#include "task/contract/json_reader.h"
#include "task/evidence/signature.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxSignatures = 16;

Error Bad(std::string cause) {
  return Error{ErrorKind::kInvalid, "open", "envelope", std::move(cause), ""};
}

Result<std::string> Unbase64(const std::string& text, std::string_view what) {
  std::optional<std::string> bytes = FromBase64(text);
  if (!bytes) return Bad(StrCat(what, " is no base64"));
  return *std::move(bytes);
}

}  // namespace

std::string PreAuthenticationEncoding(std::string_view type, std::string_view body) {
  return StrCat("DSSEv1 ", type.size(), " ", type, " ", body.size(), " ", body);
}

Result<Json> SealEnvelope(std::string_view type, std::string_view body,
                          std::string_view private_key_pem) {
  AMEIDE_ASSIGN_OR_RETURN(const Signature signature,
                          Sign(private_key_pem, PreAuthenticationEncoding(type, body)));
  return Json(
      Json::Object{{"payloadType", type},
                   {"payload", ToBase64(body)},
                   {"signatures", Json::Array{Json::Object{{"keyid", signature.key_id},
                                                           {"sig", ToBase64(signature.bytes)}}}}});
}

Result<Envelope> EnvelopeFromJson(const Json& json, std::string_view type) {
  if (TextAt(json, {"payloadType"}) != type) {
    return Bad(StrCat("an envelope's payloadType is not ", type));
  }
  const Json* list = json.Find("signatures");
  if (list == nullptr || list->AsArray() == nullptr || list->AsArray()->empty() ||
      list->AsArray()->size() > kMaxSignatures) {
    return Bad("an envelope has no signatures, or too many");
  }
  Envelope envelope;
  envelope.type = type;
  AMEIDE_ASSIGN_OR_RETURN(envelope.body,
                          Unbase64(TextAt(json, {"payload"}), "an envelope's payload"));
  envelope.key_id = TextAt(list->AsArray()->front(), {"keyid"});
  for (const Json& signature : *list->AsArray()) {
    AMEIDE_ASSIGN_OR_RETURN(std::string bytes, Unbase64(TextAt(signature, {"sig"}), "a signature"));
    envelope.signatures.push_back(std::move(bytes));
  }
  return envelope;
}

Status CheckEnvelope(const Envelope& envelope, std::string_view public_key_pem) {
  const std::string message = PreAuthenticationEncoding(envelope.type, envelope.body);
  Status last = Error{ErrorKind::kDenied, "verify signature", "envelope", "it has none", ""};
  for (const std::string& signature : envelope.signatures) {
    last = VerifySignature(public_key_pem, message, signature);
    if (last.ok()) return last;
  }
  return last;
}

}  // namespace ameide::task
