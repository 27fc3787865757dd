#include "base/base64.h"

#include "gtest/gtest.h"

namespace ameide {
namespace {

// RFC 4648, section 10, and bytes that no text has.
constexpr struct {
  std::string_view bytes;
  std::string_view text;
} kPairs[] = {
    {"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
    {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {std::string_view("\0\xff\xfe", 3), "AP/+"},
};

TEST(Base64, WritesAndReadsBack) {
  for (const auto& [bytes, text] : kPairs) {
    EXPECT_EQ(ToBase64(bytes), text);
    EXPECT_EQ(FromBase64(text), bytes);
  }
}

TEST(Base64, ReadsWithoutPaddingAndWithWhiteSpace) {
  EXPECT_EQ(FromBase64("Zg"), "f");
  EXPECT_EQ(FromBase64(" Zm9v\r\nYmFy\n"), "foobar");
}

TEST(Base64, OtherTextIsNone) {
  for (const std::string_view text : {"Z", "Zg=", "Zm9v!", "AP_-", "=Zg="}) {
    EXPECT_EQ(FromBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ameide
