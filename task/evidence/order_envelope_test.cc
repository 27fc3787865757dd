#include "task/evidence/order_envelope.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/dsse.h"
#include "task/evidence/signature.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

PublishStatement Statement() {
  return {"job-7", "run-1", std::string(40, 'a'), std::string(64, 'b'),
          *ParseTime("2026-01-02T03:04:05.000006Z")};
}

struct Pair {
  std::string own;
  std::string open;
};

Pair PairOf(char seed) {
  const auto pair = KeyFromSeed(std::string(32, seed));
  return {pair->private_pem, *PublicPemFromDer(pair->public_der)};
}

TEST(PublishOrderEnvelope, OpensWithTheKeyThatSealedIt) {
  const Pair key = PairOf('s');
  const auto sealed = SealPublishOrder(Statement(), key.own);
  ASSERT_TRUE(sealed.ok()) << sealed.error().ToString();
  const auto opened = OpenPublishOrder(*sealed, key.open);
  ASSERT_TRUE(opened.ok()) << opened.error().ToString();
  EXPECT_EQ(*opened, Statement());
  EXPECT_EQ(OpenPublishOrder(*sealed, PairOf('t').open).error().kind, ErrorKind::kDenied);
}

TEST(PublishOrderEnvelope, RefusesWhateverWasNotSealed) {
  const Pair key = PairOf('s');
  const std::string body = ToJson(Statement()).Dump();
  const auto with_type = [&](std::string_view type, std::string_view text) {
    return SealEnvelope(type, text, key.own)->Dump();
  };
  Json swapped = *SealEnvelope(kPublishOrderType, body, key.own);
  Json other = *SealEnvelope(kPublishOrderType, StrReplaceAll(body, "run-1", "run-2"), key.own);
  swapped.Set("payload", *other.Find("payload"));
  const std::pair<std::string, const char*> cases[] = {
      {"", "line 1"},
      {body, "payloadType"},
      {with_type("application/vnd.in-toto+json", body), "payloadType"},
      {with_type(kPublishOrderType, "{}"), "/work_id"},
      {with_type(kPublishOrderType, "no json"), "line 1"},
      {swapped.Dump(), "not this key's"},
      {std::string(kMaxPublishOrderBytes + 1, ' '), "bytes"},
  };
  for (const auto& [bytes, said] : cases) {
    const auto opened = OpenPublishOrder(bytes, key.open);
    ASSERT_FALSE(opened.ok()) << said;
    EXPECT_THAT(opened.error().ToString(), HasSubstr(said));
  }
}

// RFC 8032, section 7.1, test 1.
TEST(KeyFromSeed, FollowsTheRfc) {
  const std::string seed =
      "\x9d\x61\xb1\x9d\xef\xfd\x5a\x60\xba\x84\x4a\xf4\x92\xec\x2c\xc4"
      "\x44\x49\xc5\x69\x7b\x32\x69\x19\x70\x3b\xac\x03\x1c\xae\x7f\x60";
  const auto pair = KeyFromSeed(seed);
  ASSERT_TRUE(pair.ok()) << pair.error().ToString();
  EXPECT_EQ(pair->public_der.size(), 44u);
  EXPECT_EQ(pair->public_der.substr(12, 4), "\xd7\x5a\x98\x01");
  const auto open = PublicPemFromDer(pair->public_der);
  ASSERT_TRUE(open.ok());
  EXPECT_TRUE(VerifySignature(*open, "m", Sign(pair->private_pem, "m")->bytes).ok());
}

TEST(KeyFromSeed, TakesNothingElse) {
  EXPECT_EQ(KeyFromSeed(std::string(31, 'x')).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(KeyFromSeed("").error().kind, ErrorKind::kInvalid);
  const std::string der = KeyFromSeed(std::string(32, 'x'))->public_der;
  for (const std::string& bad :
       {std::string(), std::string("no key"), der + "x", der.substr(0, der.size() - 1)}) {
    EXPECT_EQ(PublicPemFromDer(bad).error().kind, ErrorKind::kInvalid);
  }
}

}  // namespace
}  // namespace ameide::task
