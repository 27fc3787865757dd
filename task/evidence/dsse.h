// DSSE v1 envelopes with one signature of ours: {"payloadType", "payload", "signatures"}. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace ameide::task {

// "DSSEv1 <length> <type> <length> <body>": what is signed.
std::string PreAuthenticationEncoding(std::string_view type, std::string_view body);

// `body` in an envelope. Errors come from the key only.
Result<Json> SealEnvelope(std::string_view type, std::string_view body,
                          std::string_view private_key_pem);

// A well-formed envelope; nothing of it is checked yet.
struct Envelope {
  std::string type;
  std::string body;
  std::string key_id;                   // what the first signature claims
  std::vector<std::string> signatures;  // 1 to 16, of any keys
};
// kInvalid when it is malformed or of another type.
Result<Envelope> EnvelopeFromJson(const Json& json, std::string_view type);

// One signature must hold; others may be of keys that we do not know. kDenied when none does.
Status CheckEnvelope(const Envelope& envelope, std::string_view public_key_pem);

}  // namespace ameide::task
