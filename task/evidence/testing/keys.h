// Fresh key pairs for tests; no key outlives its test.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

namespace ameide::task::testing {

struct KeyPair {
  std::string private_pem;
  std::string public_pem;
};

inline std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

inline std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

// "ed25519", "p256", "p384" or "rsa".
inline KeyPair MakeKeyPair(std::string_view kind) {
  EVP_PKEY* key = kind == "ed25519" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                  : kind == "p256"  ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                  : kind == "p384"  ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384")
                                    : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048});
  BIO* own = BIO_new(BIO_s_mem());
  BIO* open = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(own, key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(open, key);
  EVP_PKEY_free(key);
  return {TextOf(own), TextOf(open)};
}

}  // namespace ameide::task::testing
