// The server's half of go-plugin's automatic TLS: a fresh key and a self-signed certificate per
// process. OpenSSL stops in auto_mtls.cc. Thread-safe, keeps nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace ameide::plugin {

// Secret: `key_pem` belongs in no log and no file.
struct ServerIdentity {
  std::string key_pem;                 // PKCS #8
  std::string certificate_pem;         // X.509
  std::string certificate_der_base64;  // standard alphabet, no padding: the handshake's sixth field
};

// P-256: the cheapest kind that every client takes; an RSA key would cost hundreds of milliseconds
// per start. Valid for `localhost`, the name that clients verify, from shortly before `now`.
Result<ServerIdentity> MakeServerIdentity(WallTime now);

// kInvalid unless `pem` holds a certificate. gRPC would only fail later, and without a word.
Status CheckClientCertificate(std::string_view pem);

}  // namespace ameide::plugin
