// Signatures with Ed25519 or ECDSA P-256 (SHA-256) and keys in PEM files. OpenSSL stops in
// signature.cc. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide::task {

struct Signature {
  std::string key_id;  // SHA-256 of the public key as DER SubjectPublicKeyInfo, hexadecimal
  std::string bytes;   // 64 bytes for Ed25519, DER for ECDSA
};

// `private_key_pem`: PKCS #8 or SEC 1, without a pass phrase. kInvalid for anything else; no error
// quotes the key.
Result<Signature> Sign(std::string_view private_key_pem, std::string_view message);

// `public_key_pem`: SubjectPublicKeyInfo. kInvalid for what is no such key, kDenied when the
// signature is not this key's over this message.
Status VerifySignature(std::string_view public_key_pem, std::string_view message,
                       std::string_view signature);

// What Sign calls key_id, of a public key.
Result<std::string> KeyIdOf(std::string_view public_key_pem);

}  // namespace ameide::task
