#include "task/evidence/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "base/digest.h"

namespace ameide::task {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<&EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freer<&EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freer<&BIO_free>>;

// Without it OpenSSL would ask at the terminal.
int NoPassPhrase(char*, int, int, void*) { return 0; }

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// OpenSSL's error queue belongs to the thread: what we do not empty the next caller would find.
Error Bad(ErrorKind kind, std::string operation, std::string cause, std::string hint) {
  ERR_clear_error();
  return Error{kind, std::move(operation), "", std::move(cause), std::move(hint)};
}

bool IsEd25519(const EVP_PKEY* key) { return EVP_PKEY_is_a(key, "ED25519") == 1; }

bool IsP256(const EVP_PKEY* key) {
  char group[64] = {};
  size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
         std::string_view(group, length) == "prime256v1";
}

using Read = EVP_PKEY* (*)(BIO*, EVP_PKEY**, pem_password_cb*, void*);

Result<Key> ReadKey(std::string_view pem, Read read, std::string what, std::string hint) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<size_t>(pem.size(), 65536))));
  Key key(bio == nullptr ? nullptr : read(bio.get(), nullptr, &NoPassPhrase, nullptr));
  if (key == nullptr) {
    return Bad(ErrorKind::kInvalid, "read " + what, "it is no PEM key without a pass phrase",
               std::move(hint));
  }
  if (!IsEd25519(key.get()) && !IsP256(key.get())) {
    return Bad(ErrorKind::kInvalid, "read " + what, "it is neither Ed25519 nor ECDSA P-256",
               std::move(hint));
  }
  return key;
}

Result<Key> PrivateKey(std::string_view pem) {
  return ReadKey(pem, &PEM_read_bio_PrivateKey, "signing key",
                 "make one with: openssl genpkey -algorithm ed25519 -out key.pem");
}

Result<Key> PublicKey(std::string_view pem) {
  return ReadKey(pem, &PEM_read_bio_PUBKEY, "public key",
                 "get it with: openssl pkey -in key.pem -pubout -out key.pub.pem");
}

// Ed25519 hashes by itself and takes no digest.
const EVP_MD* DigestOf(const EVP_PKEY* key) { return IsEd25519(key) ? nullptr : EVP_sha256(); }

std::string PublicDer(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  if (length <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return text;
}

std::string KeyId(EVP_PKEY* key) { return Sha256Hex(PublicDer(key)); }

// What `write` puts into a memory BIO; empty when it fails.
template <class Write>
std::string Written(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || write(bio.get()) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

}  // namespace

Result<Signature> Sign(std::string_view private_key_pem, std::string_view message) {
  AMEIDE_ASSIGN_OR_RETURN(const Key key, PrivateKey(private_key_pem));
  const Context context(EVP_MD_CTX_new());
  size_t length = 0;
  std::string bytes;
  bool ok =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, DigestOf(key.get()), nullptr, key.get()) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &length, Bytes(message), message.size()) == 1;
  if (ok) {
    bytes.resize(length);
    ok = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length,
                        Bytes(message), message.size()) == 1;
    bytes.resize(length);
  }
  if (!ok) return Bad(ErrorKind::kBug, "sign", "OpenSSL could not", "report it");
  return Signature{KeyId(key.get()), std::move(bytes)};
}

Status VerifySignature(std::string_view public_key_pem, std::string_view message,
                       std::string_view signature) {
  AMEIDE_ASSIGN_OR_RETURN(const Key key, PublicKey(public_key_pem));
  const Context context(EVP_MD_CTX_new());
  const bool ok =
      context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, DigestOf(key.get()), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                       message.size()) == 1;
  if (ok) return Ok{};
  return Bad(ErrorKind::kDenied, "verify signature", "it is not this key's over these bytes",
             "do not trust what it stands under, unless this is the wrong public key");
}

Result<KeyPair> KeyFromSeed(std::string_view seed32) {
  if (seed32.size() != 32) {
    return Error{ErrorKind::kInvalid, "make key", "", "a seed has 32 bytes", ""};
  }
  const Key key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed32), seed32.size()));
  KeyPair pair;
  if (key != nullptr) {
    pair.private_pem = Written([&](BIO* bio) {
      return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    pair.public_der = PublicDer(key.get());
  }
  if (!pair.private_pem.empty() && !pair.public_der.empty()) return pair;
  return Bad(ErrorKind::kBug, "make key", "OpenSSL could not", "report it");
}

Result<std::string> PublicPemFromDer(std::string_view der) {
  constexpr size_t kMaxDer = 4096;
  const unsigned char* at = Bytes(der);
  const Key key(der.size() > kMaxDer ? nullptr
                                     : d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (key == nullptr || at != Bytes(der) + der.size()) {
    return Bad(ErrorKind::kInvalid, "read public key", "it is no DER SubjectPublicKeyInfo", "");
  }
  return Written([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); });
}

Result<std::string> KeyIdOf(std::string_view public_key_pem) {
  AMEIDE_ASSIGN_OR_RETURN(const Key key, PublicKey(public_key_pem));
  return KeyId(key.get());
}

}  // namespace ameide::task
