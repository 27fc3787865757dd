#include "base/http/http.h"

#include "gtest/gtest.h"

namespace ameide::http {
namespace {

TEST(Http, HeadersAreFoundWithoutCase) {
  const Headers headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(FindHeader(headers, "CONTENT-TYPE"), "a");
  EXPECT_EQ(FindHeader(headers, "Content"), std::nullopt);
}

TEST(Http, EncodingIsUndoneByDecoding) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_EQ(DecodeComponent(EncodeComponent(every)), every);
  EXPECT_EQ(EncodeComponent("a b/%"), "a%20b%2F%25");
}

TEST(Http, MalformedEscapesStay) {
  for (const char* text : {"%", "%4", "%zz", "100%"}) EXPECT_EQ(DecodeComponent(text), text);
}

TEST(Http, TargetsFallIntoPathAndQuery) {
  const Target target = SplitTarget("/a%20b?q=owner%3Ame%20param:x&follow&=1");
  EXPECT_EQ(target.path, "/a%20b");
  EXPECT_EQ(FindQuery(target, "q"), "owner:me param:x");
  EXPECT_EQ(FindQuery(target, "follow"), "");
  EXPECT_EQ(FindQuery(target, "none"), std::nullopt);
}

}  // namespace
}  // namespace ameide::http
