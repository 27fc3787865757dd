#include "task/contract/yaml_json.h"

#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

std::string Show(const Checked<YamlDocument>& document) {
  if (document.ok()) return document.value->value.Dump();
  std::string out;
  for (const Problem& problem : document.problems) {
    StrAppend(&out, problem.position, " ", problem.pointer, ": ", problem.message, "\n");
  }
  return out;
}

struct Case {
  std::string yaml;
  std::string_view shown;
};

TEST(YamlJson, PlainScalarsAreTypedAndQuotedOnesAreText) {
  const Case kCases[] = {
      {"a: 1\nb: '1'\nc: true\nd: \"true\"\ne: text here\nf:\ng: ~\nh: ''",
       R"({"a":1,"b":"1","c":true,"d":"true","e":"text here","f":null,"g":null,"h":""})"},
      {"[a, {b: [1, -2]}, []]", R"(["a",{"b":[1,-2]},[]])"},
      {"a: |\n  x\n  y\n", R"({"a":"x\ny\n"})"},
      {"a: 10.0.0.1/32\nb: 2026-01-02\nc: 1h\nd: 8Gi",
       "{\"a\":\"10.0.0.1/32\",\"b\":\"2026-01-02\","
       "\"c\":\"1h\",\"d\":\"8Gi\"}"},
      {"# only\n---\na: x # comment\n...\n", R"({"a":"x"})"},
      {"\xEF\xBB\xBF"
       "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
       R"({"a":1,"b":"x\ny\n"})"},
      {"a: 999999999999999999\nb: -999999999999999999\nc: -0",
       R"({"a":999999999999999999,"b":-999999999999999999,"c":-0})"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Show(YamlToJson(c.yaml, "f")), c.shown) << c.yaml;
}

TEST(YamlJson, RefusesWhatReadsTwoWays) {
  const Case kCases[] = {
      {"a: 1\nb:\n  a: 1\na: 2", "f:4:1 /a: the key 'a' is already there; remove one\n"},
      {"a: &x 1", "f:1:4 /a: anchors (&) are not supported; write the value out\n"},
      {"a: &x 1\nb: *x",
       "f:1:4 /a: anchors (&) are not supported; write the value out\n"
       "f:2:4 /b: aliases (*) are not supported; write the value out\n"},
      {"a:\n  <<: {b: 1}", "f:2:3 /a/<<: merge keys (<<) are not supported; write the keys out\n"},
      {"a: !!str 1", "f:1:4 /a: the tag tag:yaml.org,2002:str is not supported; leave it out\n"},
      {"a: !x [1]", "f:1:4 /a: the tag !x is not supported; leave it out\n"},
      {"a: 1\n---\nb: 2", "f:1:1 : holds more than one document; keep one per file\n"},
      {"a: yes",
       "f:1:4 /a: 'yes' reads as a truth value to some and as text to others; write true or "
       "false, or put it in quotes\n"},
      {"a: [1.5, 0x10, 007]",
       "f:1:5 /a/0: '1.5' looks like a number; put it in quotes when it is text\n"
       "f:1:10 /a/1: '0x10' looks like a number; put it in quotes when it is text\n"
       "f:1:16 /a/2: '007' looks like a number; put it in quotes when it is text\n"},
      {"? [a]\n: 1", "f:1:3 : a key must be text\n"},
      {"a: *x",
       "f:1:4 : is no YAML: the referenced anchor is not defined; put a text that starts with '*' "
       "into quotes\n"},
      {"a:\n  b: 1\n\tc: 2", "f:3:1 : is no YAML: a tab indents the line; use blanks\n"},
      {"a: [1", "f:1:1 : is no YAML: end of sequence flow not found\n"},
      {"", "f:1:1 : is empty\n"},
      {"a: \xff", "f:1:1 : is no text in UTF-8; save it as such\n"},
      {std::string("a: 1\0", 5), "f:1:1 : is no text in UTF-8; save it as such\n"},
      {std::string(kMaxYamlBytes + 1, ' '), "f:1:1 : is larger than 256 KiB\n"},
      {"a: 9223372036854775808\nb: 1e999",
       "f:1:4 /a: '9223372036854775808' looks like a number; put it in quotes when it is text\n"
       "f:2:4 /b: '1e999' looks like a number; put it in quotes when it is text\n"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Show(YamlToJson(c.yaml, "f")), c.shown) << c.yaml;
}

TEST(YamlJson, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_FALSE(YamlToJson(std::string(100000, '['), "f").ok());
  EXPECT_FALSE(YamlToJson(std::string(100000, '{'), "f").ok());
}

// Either would take gigabytes or minutes if it were paid for by the square.
TEST(YamlJson, ManyKeysAndLongKeysAreBounded) {
  std::string many;
  for (int i = 0; many.size() < kMaxYamlBytes - 16; ++i) StrAppend(&many, i, "k: 1\n");
  const auto document = YamlToJson(many, "f");
  ASSERT_TRUE(document.ok());
  EXPECT_GT(document.value->value.AsObject()->size(), 20'000u);
  std::string wide = StrCat("? \"", std::string(kMaxYamlBytes / 2, 'k'), "\"\n: [1");
  while (wide.size() < kMaxYamlBytes - 16) wide += ",1";
  EXPECT_EQ(Show(YamlToJson(wide + "]", "f")),
            "f:1:3 : is no YAML: keys are too long or nested too deeply\n");
}

TEST(YamlJson, PositionsFallBackToWhatIsAround) {
  const auto document = YamlToJson("a:\n  b/c: [x, y]\n", "f");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(PositionOf(*document.value, "/a/b~1c/1"), "f:2:12");
  EXPECT_EQ(PositionOf(*document.value, "/a/b~1c"), "f:2:3");
  EXPECT_EQ(PositionOf(*document.value, "/a/missing/deeper"), "f:1:1");
  EXPECT_EQ(PositionOf(*document.value, "/missing"), "f:1:1");
}

}  // namespace
}  // namespace ameide::task
