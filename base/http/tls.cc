#include "base/http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/strings.h"

namespace ameide::http {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Error Refused(std::string target, std::string hint) {
  return {ErrorKind::kInvalid, "set up TLS with", std::move(target), TakeTlsFailure(),
          std::move(hint)};
}

// OpenSSL asks the terminal for a passphrase unless told otherwise.
int NoPassphrase(char*, int, int, void*) { return -1; }

std::vector<Certificate> ParseCertificates(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  std::vector<Certificate> certificates;
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, nullptr)) {
    certificates.emplace_back(one, &X509_free);
  }
  if (!certificates.empty()) ERR_clear_error();  // the end of the text counts as a failure
  return certificates;
}

Status UseKeyPair(SSL_CTX* context, const TlsKeyPair& own) {
  const std::vector<Certificate> chain = ParseCertificates(own.certificate_pem);
  if (chain.empty() || SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return Refused("our certificate", "give a certificate in PEM form");
  }
  for (size_t i = 1; i < chain.size(); ++i) SSL_CTX_add1_chain_cert(context, chain[i].get());
  const Bio bio(BIO_new_mem_buf(own.key_pem.data(), static_cast<int>(own.key_pem.size())),
                &BIO_free);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr),
                &EVP_PKEY_free);
  if (key == nullptr || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return Refused("our private key",
                   "give the certificate's own key in PEM form, without a passphrase");
  }
  return Ok{};
}

Status Trust(SSL_CTX* context, const std::string& ca_pem) {
  const std::vector<Certificate> authorities = ParseCertificates(ca_pem);
  if (authorities.empty()) {
    return Refused("the certificates to trust", "give certificates in PEM form");
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const Certificate& authority : authorities) X509_STORE_add_cert(store, authority.get());
  return Ok{};
}

// To read one certificate from a folder takes OpenSSL no time; to read a whole file of authorities
// takes 140 ms, for each client anew. So the file is read when a server cannot be verified without.
struct LateAuthorities {
  std::vector<std::string> files;
  std::once_flag once;
};

bool IssuerIsMissing(int error) {
  return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
         error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
         error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
         error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
}

int VerifyAgainWithFile(X509_STORE_CTX* first, void* argument) {
  const int verdict = X509_verify_cert(first);
  if (verdict > 0 || !IssuerIsMissing(X509_STORE_CTX_get_error(first))) return verdict;
  auto* late = static_cast<LateAuthorities*>(argument);
  X509_STORE* store = X509_STORE_CTX_get0_store(first);
  std::call_once(late->once, [&] {
    for (const std::string& file : late->files) {
      if (Exists(file) && X509_STORE_load_file(store, file.c_str()) == 1) break;
    }
    ERR_clear_error();
  });
  // A context verifies once; a second one takes over all that the first was told to check.
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> second(
      X509_STORE_CTX_new(), &X509_STORE_CTX_free);
  if (X509_STORE_CTX_init(second.get(), store, X509_STORE_CTX_get0_cert(first),
                          X509_STORE_CTX_get0_untrusted(first)) != 1 ||
      X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(second.get()),
                             X509_STORE_CTX_get0_param(first)) != 1) {
    return verdict;
  }
  const int again = X509_verify_cert(second.get());
  X509_STORE_CTX_set_error(first, X509_STORE_CTX_get_error(second.get()));
  return again;
}

TlsContext MakeContext(const SSL_METHOD* method, std::shared_ptr<LateAuthorities> late = nullptr) {
  TlsContext context(SSL_CTX_new(method), [late](SSL_CTX* old) { SSL_CTX_free(old); });
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

AuthorityPlaces SystemPlaces() {
  AuthorityPlaces places{
      X509_get_default_cert_dir(),
      // Behind OpenSSL's own: the files of other distributions than its maker's.
      {X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt",
       "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
       "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"}};
  const char* folder = std::getenv(X509_get_default_cert_dir_env());
  const char* file = std::getenv(X509_get_default_cert_file_env());
  if (folder != nullptr) places.folder = folder;
  if (file != nullptr) places.files = {file};
  return places;
}

}  // namespace

Result<TlsContext> MakeClientTls(const std::string& ca_pem, const TlsKeyPair& own) {
  TlsContext context =
      ca_pem.empty() ? MakeClientTlsTrusting(SystemPlaces()) : MakeContext(TLS_client_method());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!ca_pem.empty()) AMEIDE_RETURN_IF_ERROR(Trust(context.get(), ca_pem));
  if (!own.certificate_pem.empty() || !own.key_pem.empty()) {
    AMEIDE_RETURN_IF_ERROR(UseKeyPair(context.get(), own));
  }
  return context;
}

TlsContext MakeClientTlsTrusting(const AuthorityPlaces& places) {
  auto late = std::make_shared<LateAuthorities>();
  late->files = places.files;
  TlsContext context = MakeContext(TLS_client_method(), late);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), &VerifyAgainWithFile, late.get());
  SSL_CTX_load_verify_dir(context.get(), places.folder.c_str());
  ERR_clear_error();
  return context;
}

Result<TlsContext> MakeServerTls(const TlsKeyPair& own, const std::string& client_ca_pem) {
  TlsContext context = MakeContext(TLS_server_method());
  SSL_CTX_set_num_tickets(context.get(), 0);
  AMEIDE_RETURN_IF_ERROR(UseKeyPair(context.get(), own));
  if (!client_ca_pem.empty()) {
    AMEIDE_RETURN_IF_ERROR(Trust(context.get(), client_ca_pem));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

std::string TakeTlsFailure() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "not what TLS needs" : reason;
}

}  // namespace ameide::http
