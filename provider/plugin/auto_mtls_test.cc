#include "provider/plugin/auto_mtls.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <memory>

#include "absl/strings/escaping.h"
#include "base/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace ameide::plugin {
namespace {

using Certificate = std::shared_ptr<X509>;
using Key = std::shared_ptr<EVP_PKEY>;

Certificate ParsePem(const std::string& pem) {
  const std::shared_ptr<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                 BIO_vfree);
  return {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free};
}

class AutoMtls : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = MakeServerIdentity(clock_.Now());
    ASSERT_TRUE(made.ok()) << made.error().ToString();
    identity_ = *made;
    certificate_ = ParsePem(identity_.certificate_pem);
    ASSERT_NE(certificate_, nullptr);
  }
  int CompareTime(const ASN1_TIME* time, std::chrono::hours offset) const {
    return ASN1_TIME_cmp_time_t(time, std::chrono::system_clock::to_time_t(clock_.Now() + offset));
  }
  ameide::testing::FakeClock clock_;
  ServerIdentity identity_;
  Certificate certificate_;
};

TEST_F(AutoMtls, KeyIsP256AndBelongsToTheCertificate) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate_.get());
  char group[32] = "";
  size_t size = 0;
  ASSERT_EQ(EVP_PKEY_get_group_name(key, group, sizeof group, &size), 1);
  EXPECT_STREQ(group, "prime256v1");
  const std::shared_ptr<BIO> bio(BIO_new_mem_buf(identity_.key_pem.data(), -1), BIO_vfree);
  const Key secret(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  ASSERT_NE(secret, nullptr);
  EXPECT_EQ(X509_check_private_key(certificate_.get(), secret.get()), 1);
}

TEST_F(AutoMtls, NamesLocalhostAndNothingElse) {
  EXPECT_EQ(X509_check_host(certificate_.get(), "localhost", 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                            nullptr),
            1);
  EXPECT_EQ(X509_check_host(certificate_.get(), "example.invalid", 0, 0, nullptr), 0);
}

TEST_F(AutoMtls, IsAnAuthorityForBothSides) {
  EXPECT_EQ(X509_check_ca(certificate_.get()), 1);
  const uint32_t usage = X509_get_key_usage(certificate_.get());
  EXPECT_TRUE(usage & KU_DIGITAL_SIGNATURE);
  EXPECT_TRUE(usage & KU_KEY_CERT_SIGN);
  EXPECT_EQ(X509_get_extended_key_usage(certificate_.get()),
            static_cast<uint32_t>(XKU_SSL_SERVER | XKU_SSL_CLIENT));
}

TEST_F(AutoMtls, VerifiesItselfAsTheOnlyTrustAnchor) {
  const std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  ASSERT_EQ(X509_STORE_add_cert(store.get(), certificate_.get()), 1);
  const std::shared_ptr<X509_STORE_CTX> context(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  ASSERT_EQ(X509_STORE_CTX_init(context.get(), store.get(), certificate_.get(), nullptr), 1);
  X509_STORE_CTX_set_time(context.get(), 0, std::chrono::system_clock::to_time_t(clock_.Now()));
  EXPECT_EQ(X509_verify_cert(context.get()), 1)
      << X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

TEST_F(AutoMtls, IsValidFromShortlyBeforeNowForDecades) {
  EXPECT_LT(CompareTime(X509_get0_notBefore(certificate_.get()), std::chrono::hours(0)), 0);
  EXPECT_GT(CompareTime(X509_get0_notBefore(certificate_.get()), std::chrono::hours(-1)), 0);
  EXPECT_GT(CompareTime(X509_get0_notAfter(certificate_.get()), std::chrono::hours(24 * 365 * 20)),
            0);
}

TEST_F(AutoMtls, SerialIsPositiveAndShort) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate_.get());
  EXPECT_EQ(ASN1_STRING_type(serial), V_ASN1_INTEGER) << "a negative one has another type";
  EXPECT_GT(ASN1_STRING_length(serial), 8);
  EXPECT_LE(ASN1_STRING_length(serial), 20);
}

TEST_F(AutoMtls, HandshakeFieldIsTheUnpaddedDer) {
  const std::string& field = identity_.certificate_der_base64;
  EXPECT_EQ(field.find_first_of("=\n\r|"), field.npos);
  EXPECT_GT(field.size(), 50u) << "the client ignores shorter ones";
  std::string der;
  ASSERT_TRUE(absl::Base64Unescape(field, &der));
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const Certificate again(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())), X509_free);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(X509_cmp(again.get(), certificate_.get()), 0);
}

TEST_F(AutoMtls, EveryProcessHasAnotherKey) {
  auto other = MakeServerIdentity(clock_.Now());
  ASSERT_TRUE(other.ok());
  EXPECT_NE(other->key_pem, identity_.key_pem);
  EXPECT_NE(other->certificate_der_base64, identity_.certificate_der_base64);
}

TEST_F(AutoMtls, ClientCertificateMustBeOne) {
  EXPECT_TRUE(CheckClientCertificate(identity_.certificate_pem).ok());
  std::string broken = identity_.certificate_pem;
  broken.replace(40, 4, "!!!!");
  for (const std::string& text : {std::string(), std::string("hello"), identity_.key_pem, broken,
                                  std::string(2 << 20, 'a')}) {
    const Status status = CheckClientCertificate(text);
    ASSERT_FALSE(status.ok()) << text.substr(0, 60);
    EXPECT_EQ(status.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(status.error().target, "PLUGIN_CLIENT_CERT");
    EXPECT_EQ(status.error().ToString().find("PRIVATE"), std::string::npos);
  }
}

}  // namespace
}  // namespace ameide::plugin
