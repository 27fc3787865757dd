#include "provider/plugin/auto_mtls.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <ctime>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace ameide::plugin {
namespace {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_vfree>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;

constexpr int kValidDays = 30 * 365;
constexpr long kClockSkewSeconds = 30;
constexpr int kSerialBits =
    127;  // positive, and the 20 bytes that RFC 5280 allows are never reached

Error Failed(const char* step) {
  char text[256] = "no detail";
  if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, text, sizeof text);
  }
  ERR_clear_error();
  return {ErrorKind::kBug, "make the server certificate", step, text,
          "check the OpenSSL configuration, or set TF_DISABLE_PLUGIN_TLS=1"};
}

bool SetSerial(X509* certificate) {
  const Number serial(BN_new());
  // The top bit is set, so the number is never zero.
  return serial && BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetNames(X509* certificate) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto add = [name](const char* field, const char* value) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(value);
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, bytes, -1, -1, 0) == 1;
  };
  return add("O", "Ameide") && add("CN", "localhost") &&
         X509_set_issuer_name(certificate, name) == 1;
}

bool SetValidity(X509* certificate, WallTime now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto set = [seconds](ASN1_TIME* time, int days, long offset) {
    return ASN1_TIME_adj(time, seconds, days, offset) != nullptr;
  };
  return set(X509_getm_notBefore(certificate), 0, -kClockSkewSeconds) &&
         set(X509_getm_notAfter(certificate), kValidDays, 0);
}

bool AddExtensions(X509* certificate) {
  constexpr struct {
    int nid;
    const char* value;
  } kExtensions[] = {
      {NID_basic_constraints, "critical,CA:TRUE"},
      {NID_key_usage, "critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign"},
      {NID_ext_key_usage, "serverAuth,clientAuth"},
      {NID_subject_alt_name, "DNS:localhost"},  // the one that clients insist on
  };
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  for (const auto& [nid, value] : kExtensions) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return false;
  }
  return true;
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

Result<ServerIdentity> Encode(X509* certificate, EVP_PKEY* key) {
  const Bio key_text(BIO_new(BIO_s_mem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio der(BIO_new(BIO_s_mem()));
  if (!key_text || !certificate_text || !der ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      i2d_X509_bio(der.get(), certificate) != 1) {
    return Failed("encode");
  }
  std::string base64 = absl::Base64Escape(TextOf(der.get()));
  base64.erase(base64.find_last_not_of('=') + 1);
  return ServerIdentity{TextOf(key_text.get()), TextOf(certificate_text.get()), std::move(base64)};
}

}  // namespace

Result<ServerIdentity> MakeServerIdentity(WallTime now) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return Failed("key");
  const Certificate certificate(X509_new());
  if (!certificate) return Failed("allocate");
  X509* x509 = certificate.get();
  constexpr long kVersion3 = 2;
  if (X509_set_version(x509, kVersion3) != 1 || !SetSerial(x509) || !SetNames(x509) ||
      !SetValidity(x509, now) || X509_set_pubkey(x509, key.get()) != 1 || !AddExtensions(x509)) {
    return Failed("fields");
  }
  if (X509_sign(x509, key.get(), EVP_sha256()) == 0) return Failed("sign");
  return Encode(x509, key.get());
}

Status CheckClientCertificate(std::string_view pem) {
  const auto invalid = [](const char* cause) {
    return Error{ErrorKind::kInvalid, "read the client's certificate", "PLUGIN_CLIENT_CERT", cause,
                 "let Terraform start the provider, or unset the variable"};
  };
  if (pem.size() > (1u << 20)) return invalid("longer than 1 MiB");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)
                                    : nullptr);
  ERR_clear_error();
  if (!certificate) return invalid("no X.509 certificate in PEM form");
  return Ok{};
}

}  // namespace ameide::plugin
