#include "task/coder/connection.h"

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::coder {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

const Environment kEnvironment{{"CODER_URL", "https://coder.example.test/"},
                               {"CODER_SESSION_TOKEN", " fake-token-1\n"}};

TEST(ConnectionFrom, TheEnvironmentIsEnough) {
  const auto connection = ConnectionFrom({}, kEnvironment);
  ASSERT_TRUE(connection.ok()) << connection.error().ToString();
  EXPECT_EQ(connection->url, "https://coder.example.test");
  EXPECT_EQ(connection->token, "fake-token-1");
}

TEST(ConnectionFrom, TheConfigurationComesFirst) {
  const auto connection = ConnectionFrom({"https://other.test", "fake-2", ""}, kEnvironment);
  ASSERT_TRUE(connection.ok());
  EXPECT_EQ(connection->url, "https://other.test");
  EXPECT_EQ(connection->token, "fake-2");
}

TEST(ConnectionFrom, RefusesUrlsThatAreNoOrigin) {
  for (const char* url :
       {"coder.example.test", "ftp://x", "https://", "https://x/base", "https://x?y", "https://x#y",
        "https://x y", "https://user:pw@x", "http://coder.example.test", "http://127.evil.test",
        "http://127.example.test.x@evil"}) {
    const auto connection = ConnectionFrom({url, "fake-token-1", ""}, {});
    ASSERT_FALSE(connection.ok()) << url;
    EXPECT_EQ(connection.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(connection.error().ToString(), Not(HasSubstr("pw")));
    EXPECT_THAT(connection.error().ToString(), Not(HasSubstr("fake-token-1")));
  }
}

TEST(ConnectionFrom, PlainHttpIsForThisMachineOnly) {
  for (const char* url : {"http://127.0.0.1:3000", "http://localhost", "http://[::1]:8080"}) {
    EXPECT_TRUE(ConnectionFrom({url, "t", ""}, {}).ok()) << url;
  }
}

TEST(ConnectionFrom, NamesWhatIsMissing) {
  EXPECT_THAT(ConnectionFrom({}, {}).error().hint, HasSubstr("CODER_URL"));
  EXPECT_THAT(ConnectionFrom({"https://x.test", "", ""}, {}).error().hint,
              HasSubstr("CODER_SESSION_TOKEN"));
  EXPECT_FALSE(ConnectionFrom({"https://x.test", "a\r\nb", ""}, {}).ok());
}

TEST(ConnectionFrom, TakesExtraHeadersAsCodersCommandLineDoes) {
  Environment environment = kEnvironment;
  environment["CODER_HEADER"] = "X-One=1,\"X-Two=a,b\"\"c\"";
  EXPECT_THAT(ConnectionFrom({}, environment)->headers,
              ElementsAre(Pair("X-One", "1"), Pair("X-Two", "a,b\"c")));
  for (const char* bad : {"nothing", "=x", "X One=1", "Coder-Session-Token=y", "X=a\r\nY: b"}) {
    environment["CODER_HEADER"] = bad;
    EXPECT_FALSE(ConnectionFrom({}, environment).ok()) << bad;
  }
}

TEST(ConnectionFrom, ReadsTheCaFile) {
  ::ameide::testing::TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "ca.pem", "PEM").ok());
  EXPECT_EQ(ConnectionFrom({"", "", dir.path() / "ca.pem"}, kEnvironment)->ca_pem, "PEM");
  EXPECT_FALSE(ConnectionFrom({"", "", dir.path() / "absent"}, kEnvironment).ok());
}

}  // namespace
}  // namespace ameide::coder
