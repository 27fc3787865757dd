#include "base/json.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

using ::testing::HasSubstr;

TEST(Json, ExactTextComesBack) {
  const char* const texts[] = {"null",
                               "true",
                               "0",
                               "-7",
                               "9223372036854775807",
                               "18446744073709551615",
                               "123456789012345678901234567890",
                               "0.1",
                               "1e2",
                               "1.0",
                               "-0.5E-3",
                               "\"\"",
                               R"("a\"b\\c\n")",
                               "[]",
                               "{}",
                               R"([1,[2,{"a":null}]])",
                               R"({"z":1,"a":2})",
                               "\"Grüße €\""};
  for (const char* text : texts) {
    const Result<Json> json = ParseJson(text);
    ASSERT_TRUE(json.ok()) << text << ": " << json.error().ToString();
    EXPECT_EQ(json->Dump(), text);
  }
}

TEST(Json, RefusesMalformedText) {
  const char* const texts[] = {
      "",   " ",   "nul",   "[1,]",    "{\"a\":1,}", "{a:1}",    "'a'",   "01",      "1.",
      "+1", "NaN", "[1] 2", "\"\\x\"", "\"\n\"",     "\"\xff\"", "1e999", "// x\n1", "\"\\ud800\""};
  for (const char* text : texts) {
    const Result<Json> json = ParseJson(text);
    ASSERT_FALSE(json.ok()) << text;
    EXPECT_EQ(json.error().kind, ErrorKind::kInvalid);
    EXPECT_FALSE(json.error().cause.empty());
  }
  EXPECT_THAT(ParseJson("{\n  \"a\": ]").error().cause, HasSubstr("line 2, column 8"));
}

TEST(Json, DuplicateMembersAreRefused) {
  EXPECT_THAT(ParseJson(R"({"a":{"b":1,"c":2,"b":3}})").error().cause,
              HasSubstr("member \"b\" appears twice"));
  EXPECT_TRUE(ParseJson(R"({"a":{"a":1},"b":{"a":1}})").ok());
}

TEST(Json, LimitsHold) {
  const std::string deep = std::string(3, '[') + std::string(3, ']');
  EXPECT_TRUE(ParseJson(deep, {.bytes = 100, .depth = 3}).ok());
  EXPECT_EQ(ParseJson(deep, {.bytes = 100, .depth = 2}).error().cause,
            "nested deeper than 2 levels");
  EXPECT_EQ(ParseJson("[1,2]", {.bytes = 4, .depth = 2}).error().cause,
            "the text has 5 bytes, more than the 4 allowed");
  EXPECT_FALSE(ParseJson(std::string(1'000'000, '[')).ok());
}

TEST(Json, GetInt64TakesWholeNumbersThatFit) {
  const std::pair<const char*, bool> rows[] = {{"0", true},
                                               {"-9223372036854775808", true},
                                               {"9223372036854775807", true},
                                               {"9223372036854775808", false},
                                               {"1.5", false},
                                               {"1e3", false},
                                               {"\"1\"", false}};
  for (const auto& [text, fits] : rows) {
    int64_t value = 0;
    EXPECT_EQ(ParseJson(text)->GetInt64(&value), fits) << text;
  }
}

TEST(Json, SetAppendsReplacesAndKeepsOrder) {
  Json json;
  json.Set("b", 1);
  json.Set("a", "x");
  json.Set("b", Json::Strings({"y"}));
  EXPECT_EQ(json.Dump(), R"({"b":["y"],"a":"x"})");
  EXPECT_EQ(*json.Find("a")->AsString(), "x");
  EXPECT_EQ(json.Find("c"), nullptr);
  EXPECT_EQ(json.Find("a")->Find("z"), nullptr);
}

TEST(Json, PrettyFormIsIndentedByTwo) {
  EXPECT_EQ(ParseJson(R"({"a":[1,{}],"b":[]})")->DumpPretty(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n");
}

TEST(Json, InvalidUtf8IsReplacedWhenWritten) {
  EXPECT_EQ(Json("a\xff").Dump(), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(Json(std::string("\0", 1)).Dump(), "\"\\u0000\"");
}

TEST(Json, TypesHaveNames) {
  const std::pair<const char*, const char*> rows[] = {{"null", "null"}, {"true", "boolean"},
                                                      {"1", "number"},  {"\"\"", "string"},
                                                      {"[]", "array"},  {"{}", "object"}};
  for (const auto& [text, name] : rows) EXPECT_STREQ(ParseJson(text)->TypeName(), name);
}

TEST(PointerStep, EscapesAsRfc6901Says) {
  EXPECT_EQ(PointerStep("", "a"), "/a");
  EXPECT_EQ(PointerStep("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(PointerStep("/a", ""), "/a/");
}

}  // namespace
}  // namespace ameide
