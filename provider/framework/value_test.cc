#include "provider/framework/value.h"

#include <cmath>
#include <stdexcept>

#include "gtest/gtest.h"

namespace ameide::framework {
namespace {

TEST(Type, IsComparedByStructure) {
  const auto make = [] { return Type::Object({{"a", Type::List(Type::Bool())}}); };
  EXPECT_EQ(make(), make());
  EXPECT_FALSE(make() == Type::Object({{"a", Type::Set(Type::Bool())}}));
  EXPECT_FALSE(Type::Tuple({Type::Bool()}) == Type::Tuple({}));
  EXPECT_EQ(Type(), Type::Dynamic());
}

TEST(Type, ConformsWhereTheWantedTypeIsDynamic) {
  const Type have = Type::Object({{"a", Type::String()}});
  EXPECT_TRUE(have.ConformsTo(Type::Object({{"a", Type::Dynamic()}})));
  EXPECT_TRUE(have.ConformsTo(Type::Dynamic()));
  EXPECT_FALSE(have.ConformsTo(Type::Object({{"b", Type::Dynamic()}})));
  EXPECT_FALSE(Type::Dynamic().ConformsTo(Type::String()));
  EXPECT_FALSE(Type::Tuple({Type::Bool()}).ConformsTo(Type::Tuple({Type::Number()})));
}

TEST(Type, SaysWhatItIs) {
  EXPECT_EQ(Type::Object({{"a", Type::Map(Type::Number())},
                          {"b", Type::Tuple({Type::Bool(), Type::Dynamic()})}})
                .ToString(),
            "object({a = map(number), b = tuple([bool, dynamic])})");
  EXPECT_EQ(Type::Set(Type::List(Type::String())).ToString(), "set(list(string))");
}

TEST(Type, RefusesToShowPartsItDoesNotHave) {
  EXPECT_THROW(Type::String().element(), std::logic_error);
  EXPECT_THROW(Type::String().attributes(), std::logic_error);
  EXPECT_THROW(Type::List(Type::Bool()).elements(), std::logic_error);
}

TEST(Number, KeepsTheShortestPlainDecimal) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {{"0", "0"},           {"-0", "0"},
               {"0.0e5", "0"},       {"1.50", "1.5"},
               {"1e3", "1000"},      {"-1.5E+2", "-150"},
               {"25e-1", "2.5"},     {".5", "0.5"},
               {"5.", "5"},          {"0.1", "0.1"},
               {"007", "7"},         {"12e-5", "0.00012"},
               {"1e2000", "1e2000"}, {"18446744073709551616", "18446744073709551616"}};
  for (const auto& c : cases) {
    const auto number = Number::FromText(c.text);
    ASSERT_TRUE(number.ok()) << c.text;
    EXPECT_EQ(number->text(), c.want) << c.text;
  }
}

TEST(Number, RefusesWhatIsNoDecimal) {
  for (const char* text : {"", "-", ".", "1e", "1e+", "1e+-5", "0x10", "Inf", "NaN", "1 ", " 1",
                           "1e9999999", "1e-9223372036854775808", "1,5", "--1"}) {
    EXPECT_FALSE(Number::FromText(text).ok()) << text;
  }
  EXPECT_FALSE(Number::FromDouble(std::nan("")).ok());
  EXPECT_FALSE(Number::FromDouble(INFINITY).ok());
}

TEST(Number, KnowsWhichFormsHoldItExactly) {
  const auto number = [](const char* text) { return *Number::FromText(text); };
  EXPECT_EQ(number("9223372036854775807").AsInt64(), INT64_MAX);
  EXPECT_EQ(number("9223372036854775808").AsInt64(), std::nullopt);
  EXPECT_EQ(number("1.5").AsInt64(), std::nullopt);
  EXPECT_EQ(number("0.5").AsExactDouble(), 0.5);
  EXPECT_EQ(number("0.1").AsExactDouble(), std::nullopt);
  EXPECT_EQ(number("1e400").AsExactDouble(), std::nullopt);
  EXPECT_EQ(*Number::FromDouble(0.1), number("0.1"));
}

TEST(Value, DumpsOnOneLine) {
  const Value value =
      Value::Object({{"s", Value::String("a\"\n")},
                     {"n", Value::Number(-7)},
                     {"b", Value::Bool(true)},
                     {"u", Value::Unknown(Type::Bool())},
                     {"z", Value::Null(Type::String())},
                     {"l", Value::List(Type::Number(), {Value::Number(1), Value::Number(2)})},
                     {"m", Value::Map(Type::String(), {{"k", Value::String("v")}})},
                     {"t", Value::Tuple({Value::Bool(false)})},
                     {"e", Value::Set(Type::String(), {Value::String("y"), Value::String("x")})}});
  EXPECT_EQ(value.Dump(),
            "{b = true, e = set[\"x\", \"y\"], l = [1, 2], m = {\"k\" = \"v\"}, n = -7, "
            "s = \"a\\\"\\n\", t = [false], u = unknown, z = null}");
}

TEST(Value, AskingForWhatIsNotThereIsAnError) {
  EXPECT_EQ(*Value::String("x").AsString(), "x");
  const auto null = Value::Null(Type::String()).AsString();
  ASSERT_FALSE(null.ok());
  EXPECT_EQ(null.error().cause, "the value is null");
  EXPECT_EQ(Value::Unknown(Type::Bool()).AsBool().error().cause, "the value is not known yet");
  EXPECT_FALSE(Value::Bool(true).AsString().ok());
  EXPECT_FALSE(Value::Number(*Number::FromText("1.5")).AsInt64().ok());
  EXPECT_EQ(*Value::Number(3).AsInt64(), 3);
}

TEST(Value, EqualityIsStructural) {
  const auto set = [](const char* a, const char* b) {
    return Value::Set(Type::String(), {Value::String(a), Value::String(b)});
  };
  EXPECT_EQ(set("a", "b"), set("b", "a"));
  EXPECT_EQ(set("a", "a").elements().size(), 1u);
  EXPECT_EQ(Value::Number(*Number::FromText("1.0")), Value::Number(1));
  EXPECT_FALSE(Value::Null(Type::String()) == Value::Null(Type::Bool()));
  EXPECT_FALSE(Value::Null(Type::String()) == Value::Unknown(Type::String()));
  EXPECT_FALSE(Value::String("1") == Value::Number(1));
}

TEST(Value, UnknownElementsOfASetDoNotMerge) {
  const Value unknown = Value::Unknown(Type::String());
  EXPECT_EQ(Value::Set(Type::String(), {unknown, unknown}).elements().size(), 2u);
}

TEST(Value, AttributesOfNullAndUnknownObjectsAreNullAndUnknown) {
  const Type type = Type::Object({{"a", Type::String()}});
  EXPECT_TRUE(Value::Null(type).Attribute("a").IsNull());
  EXPECT_TRUE(Value::Unknown(type).Attribute("a").IsUnknown());
  EXPECT_THROW(Value::Null(type).Attribute("b"), std::logic_error);
}

TEST(Value, WithAttributeChangesTheCopyOnly) {
  const Value before = Value::Object({{"a", Value::Number(1)}});
  EXPECT_EQ(before.WithAttribute("a", Value::Number(2)).Dump(), "{a = 2}");
  EXPECT_EQ(before.Dump(), "{a = 1}");
  EXPECT_THROW(before.WithAttribute("b", Value::Number(2)), std::logic_error);
  EXPECT_THROW(Value::Null(before.type()).WithAttribute("a", Value()), std::logic_error);
}

TEST(Value, RefusesWrongElementsAndAttributes) {
  const Type type = Type::Object({{"a", Type::String()}});
  EXPECT_THROW(Value::List(Type::String(), {Value::Number(1)}), std::logic_error);
  EXPECT_THROW(Value::Object(type, {{"b", Value::Number(1)}}), std::logic_error);
  EXPECT_THROW(Value::Object(type, {{"a", Value::Number(1)}}), std::logic_error);
  EXPECT_EQ(Value::Object(type, {}).Dump(), "{a = null}");
}

TEST(Value, FindsAndRemovesUnknowns) {
  const Value unknown = Value::Unknown(Type::String());
  const Value value =
      Value::Object({{"a", Value::List(Type::String(), {Value::String("x"), unknown})},
                     {"m", Value::Map(Type::String(), {{"k", unknown}})},
                     {"s", Value::Set(Type::String(), {unknown})},
                     {"t", Value::Tuple({unknown})}});
  EXPECT_FALSE(value.WhollyKnown());
  std::string paths;
  for (const Path& path : UnknownPaths(value)) paths += path.ToString() + " ";
  EXPECT_EQ(paths, "a[1] m[\"k\"] s t[0] ");
  EXPECT_EQ(WithUnknownsNull(value).Dump(),
            "{a = [\"x\", null], m = {\"k\" = null}, s = set[null], t = [null]}");
}

TEST(Path, ReadsLikeTerraform) {
  const Path path = Path("files").Index(2).Attribute("env").Key("A\"");
  EXPECT_EQ(path.ToString(), "files[2].env[\"A\\\"\"]");
  EXPECT_TRUE(Path("a") < Path("b"));
  EXPECT_TRUE(Path().empty());
}

}  // namespace
}  // namespace ameide::framework
