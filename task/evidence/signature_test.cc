#include "task/evidence/signature.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/testing/keys.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using testing::KeyPair;
using testing::MakeKeyPair;
using ::testing::Not;

class SignatureKinds : public ::testing::TestWithParam<const char*> {};

TEST_P(SignatureKinds, HoldForTheirKeyAndMessageOnly) {
  const KeyPair key = MakeKeyPair(GetParam());
  const KeyPair other = MakeKeyPair(GetParam());
  for (const std::string& message :
       {std::string(), std::string("m\0n", 3), std::string(1 << 20, 'x')}) {
    const auto signature = Sign(key.private_pem, message);
    ASSERT_TRUE(signature.ok()) << signature.error().ToString();
    EXPECT_EQ(signature->key_id, *KeyIdOf(key.public_pem));
    EXPECT_TRUE(VerifySignature(key.public_pem, message, signature->bytes).ok());
    EXPECT_EQ(VerifySignature(key.public_pem, message + "x", signature->bytes).error().kind,
              ErrorKind::kDenied);
    EXPECT_FALSE(VerifySignature(other.public_pem, message, signature->bytes).ok());
    for (const size_t at : {size_t{0}, signature->bytes.size() / 2, signature->bytes.size() - 1}) {
      std::string broken = signature->bytes;
      broken[at] = static_cast<char>(broken[at] ^ 1);
      EXPECT_FALSE(VerifySignature(key.public_pem, message, broken).ok()) << at;
    }
    EXPECT_FALSE(VerifySignature(key.public_pem, message, "").ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Signature, SignatureKinds, ::testing::Values("ed25519", "p256"),
                         [](const auto& one) { return std::string(one.param); });

// RFC 8032, section 7.1, test 1: the empty message. The key is wrapped as PKCS #8 (RFC 8410).
TEST(Signature, Ed25519FollowsTheRfc) {
  const std::string pem =
      "-----BEGIN PRIVATE "
      "KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
      "-----END PRIVATE KEY-----\n";
  const auto signature = Sign(pem, "");
  ASSERT_TRUE(signature.ok()) << signature.error().ToString();
  EXPECT_EQ(
      testing::Hex(signature->bytes),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
      "f9b46bd25bf5f0595bbe24655141438e7a100b");
}

TEST(Signature, RefusesWhatIsNoKeyOfOurKinds) {
  const KeyPair rsa = MakeKeyPair("rsa");
  const KeyPair good = MakeKeyPair("ed25519");
  const std::string secret_line = "MC4CAQAwBQYDK2VwBCIE-FAKE";
  const std::string broken = "-----BEGIN PRIVATE KEY-----\n" + secret_line + "\n";
  for (const std::string& pem : {std::string(), std::string("no key"), broken, good.public_pem,
                                 rsa.private_pem, MakeKeyPair("p384").private_pem}) {
    const auto signature = Sign(pem, "m");
    ASSERT_FALSE(signature.ok());
    EXPECT_EQ(signature.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(signature.error().ToString(), Not(HasSubstr("FAKE")));
  }
  EXPECT_THAT(Sign(rsa.private_pem, "m").error().cause, HasSubstr("neither Ed25519 nor ECDSA"));
  EXPECT_EQ(VerifySignature(good.private_pem, "m", "s").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(VerifySignature(rsa.public_pem, "m", "s").error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace ameide::task
