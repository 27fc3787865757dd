#include "base/http/testing/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>

#include "base/digest.h"
#include "base/strings.h"

namespace ameide::http::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void Require(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "test certificates: %s failed\n", what);
  std::abort();
}

Key NewKey() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  Require(key != nullptr, "making a key");
  return key;
}

std::string TextOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string PemOf(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  Require(PEM_write_bio_X509(bio, certificate) == 1, "writing a certificate");
  return TextOf(bio);
}

std::string PemOf(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  Require(PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "writing a key");
  return TextOf(bio);
}

void Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate Draft(const CertificateWish& wish, EVP_PKEY* key, X509* issuer) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.begins);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.ends);
  X509_set_pubkey(certificate.get(), key);
  const auto* name = reinterpret_cast<const unsigned char*>(wish.common_name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, name,
                             -1, -1, 0);
  X509* signer = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  return certificate;
}

void AddAlternativeNames(X509* certificate, X509* issuer, const CertificateWish& wish) {
  std::vector<std::string> names;
  for (const std::string& name : wish.names) names.push_back(StrCat("DNS:", name));
  for (const std::string& address : wish.addresses) names.push_back(StrCat("IP:", address));
  if (!names.empty()) Extend(certificate, issuer, NID_subject_alt_name, StrJoin(names, ","));
}

}  // namespace

struct TestAuthority::State {
  Key key = NewKey();
  Certificate certificate{nullptr, &X509_free};
};

TestAuthority::TestAuthority() : state_(std::make_unique<State>()) {
  // Two authorities of one name would be taken for each other.
  state_->certificate =
      Draft({.common_name = StrCat("test authority ", RandomHex(8))}, state_->key.get(), nullptr);
  X509* own = state_->certificate.get();
  Extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  Extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  Require(X509_sign(own, state_->key.get(), EVP_sha256()) > 0, "signing");
  pem_ = PemOf(own);
}
TestAuthority::~TestAuthority() = default;

std::string TestAuthority::HashedName() const {
  char name[16];
  std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(state_->certificate.get()));
  return name;
}

TestCertificate TestAuthority::Issue(const CertificateWish& wish) const {
  const Key key = NewKey();
  X509* issuer = state_->certificate.get();
  const Certificate certificate = Draft(wish, key.get(), issuer);
  AddAlternativeNames(certificate.get(), issuer, wish);
  Require(X509_sign(certificate.get(), state_->key.get(), EVP_sha256()) > 0, "signing");
  return {PemOf(certificate.get()), PemOf(key.get())};
}

TestCertificate SelfSigned(const CertificateWish& wish) {
  const Key key = NewKey();
  const Certificate certificate = Draft(wish, key.get(), nullptr);
  AddAlternativeNames(certificate.get(), certificate.get(), wish);
  Require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "signing");
  return {PemOf(certificate.get()), PemOf(key.get())};
}

}  // namespace ameide::http::testing
