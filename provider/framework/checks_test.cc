#include "provider/framework/checks.h"

#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::framework {
namespace {

using ::testing::HasSubstr;

std::string Apply(const Check& check, const Value& value) {
  Diagnostics diagnostics;
  check(value, Path("x"), diagnostics);
  return diagnostics.Dump();
}

Value Text(const char* text) { return Value::String(text); }
Value Texts(Value::Elements texts) { return Value::List(Type::String(), std::move(texts)); }
Value Empty() { return Value::Map(Type::String(), {}); }

TEST(Checks, AcceptWhatFits) {
  const struct {
    const char* name;
    Check check;
    Value value;
  } cases[] = {
      {"one of", OneOf({"a", "b"}), Text("b")},
      {"lowest duration", DurationBetween("1m", "1h"), Text("60s")},
      {"highest duration", DurationBetween("1m", "1h"), Text("1h")},
      {"text", NotEmpty(), Text("x")},
      {"list", NotEmpty(), Texts({Text("")})},
      {"pattern", MatchesRe2("[a-z]+", "must be lower case"), Text("abc")},
      {"lowest number", IntBetween(-1, 3), Value::Number(-1)},
      {"length of text", LengthBetween(1, 3), Text("abc")},
      {"each", EachElement(NotEmpty()), Texts({Text("a"), Text("b")})},
      {"unknown element", EachElement(NotEmpty()), Texts({Value::Unknown(Type::String())})},
      {"null element", EachElement(NotEmpty()), Texts({Value::Null(Type::String())})},
      {"environment", EnvironmentName(), Text("_A1")},
  };
  for (const auto& c : cases) EXPECT_EQ(Apply(c.check, c.value), "") << c.name;
}

TEST(Checks, RefuseWhatDoesNotFit) {
  const struct {
    Check check;
    Value value;
    const char* want;
  } cases[] = {
      {OneOf({"a", "b"}), Text("c"),
       "error at x: Invalid value: The value must be one of a, b, got: \"c\"."},
      {DurationBetween("1m", "1h"), Text("59s"), "between 1m and 1h"},
      {DurationBetween("1m", "1h"), Text("3601s"), "between 1m and 1h"},
      {DurationBetween("1m", "1h"), Text("soon"), "must be a duration"},
      {NotEmpty(), Text(" \t"), "must not be empty"},
      {NotEmpty(), Empty(), "must not be empty"},
      {MatchesRe2("[a-z]+", "must be lower case"), Text("abC"), "must be lower case, got: \"abC\""},
      {IntBetween(0, 3), Value::Number(4), "whole number between 0 and 3, got: 4"},
      {IntBetween(0, 3), Value::Number(*Number::FromText("1.5")), "got: 1.5"},
      {LengthBetween(1, 3), Text("abcd"), "1 to 3 bytes, got: 4"},
      {LengthBetween(1, 3), Empty(), "1 to 3 elements, got: 0"},
      {EachElement(NotEmpty()), Texts({Text("a"), Text("")}), "error at x[1]"},
      {EachElement(NotEmpty()), Value::Map(Type::String(), {{"k", Text("")}}), "error at x[\"k\"]"},
      {EachElement(NotEmpty()), Value::Set(Type::String(), {Text("")}), "error at x: "},
      {EachKey(EnvironmentName()), Value::Map(Type::String(), {{"1A", Text("")}}), "x[\"1A\"]"},
      {EnvironmentName(), Text("A-B"), "environment variable name"},
      {OneOf({"a"}), Value::Number(1), "must be a string"},
  };
  for (const auto& c : cases) EXPECT_THAT(Apply(c.check, c.value), HasSubstr(c.want)) << c.want;
}

TEST(Checks, AWrongCheckIsFoundWhenItIsBuilt) {
  EXPECT_THROW(DurationBetween("1h", "1m"), std::logic_error);
  EXPECT_THROW(DurationBetween("x", "1m"), std::logic_error);
  EXPECT_THROW(MatchesRe2("(", ""), std::logic_error);
}

}  // namespace
}  // namespace ameide::framework
