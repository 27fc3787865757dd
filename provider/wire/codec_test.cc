// Types, MessagePack and JSON: tables of bytes and values.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/wire/cty_json.h"
#include "provider/wire/msgpack.h"
#include "provider/wire/type_json.h"

namespace ameide::wire {
namespace {

using framework::Number;
using framework::Type;
using framework::Value;
using ::testing::HasSubstr;

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<uint8_t>(c) >> 4];
    text += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return text;
}

std::string Bytes(std::string_view hex) {
  std::string bytes;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    if (hex[i] == ' ') {
      --i;
      continue;
    }
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return bytes;
}

Value Decimal(std::string_view text) { return Value::Number(*Number::FromText(text)); }
Value Text(std::string text) { return Value::String(std::move(text)); }
Value Unknown() { return Value::Unknown(Type::String()); }

TEST(TypeJson, RoundTripsEveryForm) {  // V-11
  for (const char* text :
       {R"("string")", R"("number")", R"("bool")", R"("dynamic")", R"(["list","string"])",
        R"(["set",["map","number"]])", R"(["object",{"a":"bool","b":["list","dynamic"]}])",
        R"(["object",{}])", R"(["tuple",["string","bool"]])", R"(["tuple",[]])"}) {
    const auto type = TypeFromText(text);
    ASSERT_TRUE(type.ok()) << text;
    EXPECT_EQ(TypeToJson(*type).Dump(), text);
  }
  EXPECT_EQ(*TypeFromText(R"(["object",{"a":"bool"},["a"]])"), Type::Object({{"a", Type::Bool()}}));
}

TEST(TypeJson, RefusesEverythingElse) {
  for (const char* text :
       {"", "1", "null", R"("text")", R"(["list"])", R"(["list","string","x"])", R"(["list",1])",
        R"(["object",[]])", R"(["tuple",{}])", R"(["capsule","string"])", R"([1,"string"])"}) {
    EXPECT_FALSE(TypeFromText(text).ok()) << text;
  }
}

struct Row {
  const char* name;
  Type type;
  Value value;
  const char* hex;
};

std::vector<Row> Rows() {
  const Type text = Type::String();
  const Type object = Type::Object({{"a", text}, {"b", Type::List(Type::Number())}});
  return {
      {"null", text, Value::Null(text), "c0"},
      {"unknown", text, Unknown(), "d40000"},
      {"true", Type::Bool(), Value::Bool(true), "c3"},
      {"false", Type::Bool(), Value::Bool(false), "c2"},
      {"empty string", text, Text(""), "a0"},
      {"string", text, Text("hé"), "a368c3a9"},
      {"long string", text, Text(std::string(32, 'x')), nullptr},
      {"0", Type::Number(), Value::Number(0), "00"},
      {"127", Type::Number(), Value::Number(127), "7f"},
      {"128", Type::Number(), Value::Number(128), "cc80"},
      {"256", Type::Number(), Value::Number(256), "cd0100"},
      {"65536", Type::Number(), Value::Number(65536), "ce00010000"},
      {"2^32", Type::Number(), Value::Number(int64_t{1} << 32), "cf0000000100000000"},
      {"-1", Type::Number(), Value::Number(-1), "ff"},
      {"-33", Type::Number(), Value::Number(-33), "d0df"},
      {"-129", Type::Number(), Value::Number(-129), "d1ff7f"},
      {"-32769", Type::Number(), Value::Number(-32769), "d2ffff7fff"},
      {"-2^63", Type::Number(), Value::Number(INT64_MIN), "d38000000000000000"},
      {"2^63-1", Type::Number(), Value::Number(INT64_MAX), "cf7fffffffffffffff"},
      {"2^63", Type::Number(), Decimal("9223372036854775808"),
       "b339323233333732303336383534373735383038"},
      {"2^64", Type::Number(), Decimal("18446744073709551616"),
       "b43138343436373434303733373039353531363136"},
      {"0.5", Type::Number(), Decimal("0.5"), "cb3fe0000000000000"},
      {"0.1", Type::Number(), Decimal("0.1"), "a3302e31"},
      {"list", Type::List(text), Value::List(text, {Text("a"), Unknown()}), "92a161d40000"},
      {"set", Type::Set(text), Value::Set(text, {Text("b"), Text("a")}), "92a161a162"},
      {"map", Type::Map(text), Value::Map(text, {{"k", Text("v")}}), "81a16ba176"},
      {"tuple", Type::Tuple({text, Type::Bool()}), Value::Tuple({Text("a"), Value::Bool(true)}),
       "92a161c3"},
      {"object", object,
       Value::Object(object, {{"b", Value::List(Type::Number(), {Value::Number(1)})}}),
       "82a161c0a1629101"},
      {"object with unknown inside", object, Value::Object(object, {{"a", Unknown()}}),
       "82a161d40000a162c0"},
      {"unknown object", object, Value::Unknown(object), "d40000"},
      {"dynamic string", Type::Dynamic(), Text("a"), "92c40822737472696e6722a161"},
      {"dynamic null of a type", Type::Dynamic(), Value::Null(text), "92c40822737472696e6722c0"},
      {"dynamic null", Type::Dynamic(), Value(), "c0"},
      {"dynamic unknown", Type::Dynamic(), Value::Unknown(Type::Dynamic()), "d40000"},
      {"object with dynamic", Type::Object({{"d", Type::Dynamic()}}),
       Value::Object({{"d", Value::Bool(true)}}), "81a16492c40622626f6f6c22c3"},
  };
}

TEST(Msgpack, RoundTripsTheTable) {  // V-2 to V-10
  for (const Row& row : Rows()) {
    const auto bytes = EncodeMsgpack(row.value, row.type);
    ASSERT_TRUE(bytes.ok()) << row.name << ": " << bytes.error().ToString();
    if (row.hex != nullptr) {
      EXPECT_EQ(Hex(*bytes), row.hex) << row.name;
    }
    const auto value = DecodeMsgpack(*bytes, row.type);
    ASSERT_TRUE(value.ok()) << row.name << ": " << value.error().ToString();
    EXPECT_EQ(*value, row.value) << row.name << ": " << value->Dump();
  }
}

TEST(Msgpack, AcceptsEveryFormOfANumber) {  // V-5
  const struct {
    const char* hex;
    const char* want;
  } cases[] = {{"cc05", "5"},
               {"cd0005", "5"},
               {"ce00000005", "5"},
               {"cf0000000000000005", "5"},
               {"cfffffffffffffffff", "18446744073709551615"},
               {"d0fb", "-5"},
               {"d1fffb", "-5"},
               {"d2fffffffb", "-5"},
               {"d3fffffffffffffffb", "-5"},
               {"ca3f000000", "0.5"},
               {"cb3fb999999999999a", "0.1"},
               {"cb4340000000000000", "9007199254740992"},
               {"a3302e31", "0.1"},
               {"a3316533", "1000"}};
  for (const auto& c : cases) {
    const auto value = DecodeMsgpack(Bytes(c.hex), Type::Number());
    ASSERT_TRUE(value.ok()) << c.hex;
    EXPECT_EQ(value->Dump(), c.want) << c.hex;
  }
}

TEST(Msgpack, EveryExtensionIsUnknown) {  // V-8, V-9
  for (const char* hex : {"d40000", "d4057f", "d5000000", "d60c00000000", "d7000000000000000000",
                          "d80000000000000000000000000000000000", "c7010c80", "c70000",
                          "c80001 0c80", "c9000000010c80", "c7030c8101c2"}) {
    const auto value = DecodeMsgpack(Bytes(hex), Type::Map(Type::Bool()));
    ASSERT_TRUE(value.ok()) << hex;
    EXPECT_TRUE(value->IsUnknown()) << hex;
  }
}

TEST(Msgpack, RefusesWhatDoesNotFit) {
  const Type object = Type::Object({{"a", Type::String()}});
  std::string deep(kMaxDepth + 2, '\x91');
  const struct {
    const char* name;
    Type type;
    std::string bytes;
    const char* want;
  } cases[] = {
      {"nothing", object, "", "cut short"},
      {"missing attribute", object, Bytes("80"), "a: the attribute is missing"},
      {"extra attribute", object, Bytes("82a161c0a162c0"), "b: there is no such attribute"},
      {"attribute twice", object, Bytes("82a161c0a161c0"), "a: given twice"},
      {"key is no string", object, Bytes("8101c0"), "a key must be a string"},
      {"wrong kind", object, Bytes("a161"), "expected object"},
      {"bool for string", object, Bytes("81a161c3"), "a: expected string"},
      {"trailing bytes", Type::Bool(), Bytes("c3c3"), "bytes after the value"},
      {"string cut short", Type::String(), Bytes("a56162"), "cut short"},
      {"long string cut short", Type::String(), Bytes("dbffffffff61"), "cut short"},
      {"array that claims too much", Type::List(Type::Bool()), Bytes("ddffffffffc3"), "cut short"},
      {"map that claims too much", Type::Map(Type::Bool()), Bytes("dfffffffff"), "cut short"},
      {"extension cut short", Type::Bool(), Bytes("c7ff00"), "cut short"},
      {"reserved tag", Type::Bool(), Bytes("c1"), "not MessagePack"},
      {"tuple of another length", Type::Tuple({Type::Bool()}), Bytes("92c3c3"), "1 elements"},
      {"not a number", Type::Number(), Bytes("cb7ff8000000000000"), "no such number"},
      {"infinity", Type::Number(), Bytes("cb7ff0000000000000"), "no such number"},
      {"text that is no number", Type::Number(), Bytes("a3496e66"), "not a decimal number"},
      {"dynamic without type", Type::Dynamic(), Bytes("c3"), "a type and a value"},
      {"dynamic with a bad head", Type::Dynamic(), Bytes("92c3c3"), "begin with its type"},
      {"dynamic with a bad type", Type::Dynamic(), Bytes("92c40178c3"), "line 1"},
      {"path of a nested error", Type::List(object), Bytes("9181a16101"), "[0].a: expected string"},
  };
  for (const auto& c : cases) {
    const auto value = DecodeMsgpack(c.bytes, c.type);
    ASSERT_FALSE(value.ok()) << c.name;
    EXPECT_THAT(value.error().ToString(), HasSubstr(c.want)) << c.name;
  }
}

TEST(Msgpack, BoundsTheDepthInBothDirections) {
  Type type = Type::Bool();
  Value value = Value::Bool(true);
  std::string bytes = "\xc3";
  for (int i = 0; i <= kMaxDepth; ++i) {
    value = Value::List(type, {value});
    type = Type::List(type);
    bytes.insert(0, 1, '\x91');
  }
  EXPECT_THAT(EncodeMsgpack(value, type).error().cause, HasSubstr("nested deeper"));
  EXPECT_THAT(DecodeMsgpack(bytes, type).error().cause, HasSubstr("nested deeper"));
}

TEST(Msgpack, InvalidUtf8IsReplaced) {  // V-21
  EXPECT_EQ(Hex(*EncodeMsgpack(Text("a\xff"), Type::String())), "a461efbfbd");
  EXPECT_EQ(*DecodeMsgpack(Bytes("a261ff"), Type::String()), Text("a\xEF\xBF\xBD"));
}

TEST(Msgpack, LongContainersUseTheirLongForms) {
  Value::Elements elements(70000, Value::Bool(true));
  const Value value = Value::List(Type::Bool(), elements);
  const auto bytes = EncodeMsgpack(value, value.type());
  EXPECT_EQ(Hex(bytes->substr(0, 5)), "dd00011170");
  EXPECT_EQ(*DecodeMsgpack(*bytes, value.type()), value);
  for (const size_t size : {255u, 256u, 65536u}) {
    const Value text = Text(std::string(size, 'x'));
    EXPECT_EQ(*DecodeMsgpack(*EncodeMsgpack(text, Type::String()), Type::String()), text);
  }
}

TEST(Msgpack, AValueOfAnotherTypeIsNotEncoded) {
  EXPECT_THAT(EncodeMsgpack(Text("a"), Type::Bool()).error().cause, HasSubstr("is not bool"));
}

TEST(CtyJson, RoundTripsWhatIsKnown) {
  for (const Row& row : Rows()) {
    const auto text = EncodeCtyJson(row.value, row.type);
    if (!row.value.WhollyKnown()) {
      EXPECT_THAT(text.error().cause, HasSubstr("not known yet")) << row.name;
      continue;
    }
    ASSERT_TRUE(text.ok()) << row.name;
    const auto value = DecodeCtyJson(*text, row.type);
    ASSERT_TRUE(value.ok()) << row.name << ": " << value.error().ToString();
    EXPECT_EQ(*value, row.value) << row.name;
  }
}

TEST(CtyJson, ToleratesStatesOfOtherTimes) {  // V-18
  const Type type = Type::Object({{"a", Type::String()},
                                  {"n", Type::Number()},
                                  {"b", Type::Bool()},
                                  {"l", Type::List(Type::String())}});
  const auto decode = [&](const char* text) { return DecodeCtyJson(text, type)->Dump(); };
  EXPECT_EQ(decode(R"({"gone":[1,{"x":2}],"a":"v"})"),
            R"({a = "v", b = null, l = null, n = null})");
  EXPECT_EQ(decode(R"({"n":"1.50","b":"true","a":5,"l":[true]})"),
            R"({a = "5", b = true, l = ["true"], n = 1.5})");
  EXPECT_EQ(decode(R"({"n":123456789012345678901234567890.5})"),
            "{a = null, b = null, l = null, n = 123456789012345678901234567890.5}");
  EXPECT_EQ(decode("null"), "null");
}

TEST(CtyJson, RefusesWhatDoesNotFit) {
  const Type type = Type::Object({{"a", Type::List(Type::Number())}, {"d", Type::Dynamic()}});
  const struct {
    const char* text;
    const char* want;
  } cases[] = {{"", "line 1"},
               {"[]", "expected object({a = list(number), d = dynamic}), found a JSON array"},
               {R"({"a":{}})", "a: expected list(number), found a JSON object"},
               {R"({"a":[1,"x"]})", "a[1]: expected number, found a JSON string"},
               {R"({"a":[true]})", "a[0]: expected number, found a JSON boolean"},
               {R"({"d":"bare"})", "d: expected dynamic"},
               {R"({"d":{"type":"x","value":1}})", "not a type"}};
  for (const auto& c : cases) {
    const auto value = DecodeCtyJson(c.text, type);
    ASSERT_FALSE(value.ok()) << c.text;
    EXPECT_THAT(value.error().ToString(), HasSubstr(c.want)) << c.text;
  }
}

}  // namespace
}  // namespace ameide::wire
