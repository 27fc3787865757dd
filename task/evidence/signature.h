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

// A key pair of Ed25519. Whoever has the seed has the key: both are secrets.
struct KeyPair {
  std::string private_pem;  // PKCS #8
  std::string public_der;   // SubjectPublicKeyInfo (RFC 8410)
};

// The pair whose private key is this seed (RFC 8032, section 5.1.5: 32 random bytes); equal seeds
// give equal pairs. kInvalid for another length.
Result<KeyPair> KeyFromSeed(std::string_view seed32);

// The PEM that VerifySignature takes, of DER SubjectPublicKeyInfo; kInvalid for what is no such key
// or has bytes behind it.
Result<std::string> PublicPemFromDer(std::string_view der);

// What Sign calls key_id, of a public key.
Result<std::string> KeyIdOf(std::string_view public_key_pem);

}  // namespace ameide::task
