// TLS settings for both sides, 1.2 or newer. Thread-safe once made.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's, which stays in tls.cc and channel.cc

namespace ameide::http {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

// PEM texts. Errors: kInvalid, naming the text that OpenSSL does not take and never its content.
struct TlsKeyPair {
  std::string certificate_pem;  // followed by its chain, if any
  std::string key_pem;
};

// Trusts `ca_pem`, or the system's authorities when empty (SSL_CERT_FILE and SSL_CERT_DIR as
// OpenSSL reads them). `own` may be empty.
Result<TlsContext> MakeClientTls(const std::string& ca_pem, const TlsKeyPair& own);

// Where a system keeps the authorities it trusts.
struct AuthorityPlaces {
  std::string folder;              // one file each, by OpenSSL's hash of the name; may be absent
  std::vector<std::string> files;  // the first that exists has all; read when `folder` is no help
};
TlsContext MakeClientTlsTrusting(const AuthorityPlaces& places);

// With `client_ca_pem` only clients with a certificate of that authority.
Result<TlsContext> MakeServerTls(const TlsKeyPair& own, const std::string& client_ca_pem);

// What OpenSSL says about its last failure on this thread, which is forgotten then.
std::string TakeTlsFailure();

}  // namespace ameide::http
