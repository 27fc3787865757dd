#include "generator/lint/text_edit.h"

#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

constexpr std::string_view kYaml =
    "a:\n"
    "  plain: one two  # comment\n"
    "  \"quoted key\": \"v\\\"x\"\n"
    "  single: 'it''s'\n"
    "flow: [x, \"y, z\", 3]\n"
    "block:\n"
    "  - first\n"
    "  - second  # why\n";

TEST(TextEdit, FindsTheSourceOfScalars) {
  const auto document = task::YamlToJson(kYaml, "f");
  ASSERT_TRUE(document.ok());
  const struct {
    std::string_view pointer;
    std::string_view source;
  } kCases[] = {
      {"/a/plain", "one two"}, {"/a/quoted key", "\"v\\\"x\""}, {"/a/single", "'it''s'"},
      {"/flow/0", "x"},        {"/flow/1", "\"y, z\""},         {"/flow/2", "3"},
      {"/block/1", "second"},
  };
  for (const auto& c : kCases) {
    const auto span = ScalarSpan(kYaml, *document.value, c.pointer);
    ASSERT_TRUE(span) << c.pointer;
    EXPECT_EQ(kYaml.substr(span->offset, span->length), c.source);
  }
  EXPECT_FALSE(ScalarSpan(kYaml, *document.value, "/a"));
  EXPECT_FALSE(ScalarSpan(kYaml, *document.value, "/nothing"));
}

TEST(TextEdit, AnItemGoesWithItsSeparator) {
  const auto document = task::YamlToJson(kYaml, "f");
  const auto source = [&](std::string_view pointer) {
    const auto span = ItemSpan(kYaml, *document.value, pointer);
    return span ? std::string(kYaml.substr(span->offset, span->length)) : "<none>";
  };
  EXPECT_EQ(source("/flow/1"), ", \"y, z\"");
  EXPECT_EQ(source("/flow/2"), ", 3");
  EXPECT_EQ(source("/block/1"), "  - second  # why\n");
  EXPECT_EQ(source("/flow/0"), "<none>");
}

TEST(TextEdit, EditsAreAppliedInOrderAndTheFirstOfTwoWins) {
  EXPECT_EQ(ApplyEdits("abcdef", {{4, 1, "E"}, {0, 0, ">"}, {1, 2, ""}}), ">adEf");
  EXPECT_EQ(ApplyEdits("abcdef", {{1, 3, "X"}, {2, 1, "Y"}}), "aXef");
  EXPECT_EQ(ApplyEdits("ab", {{1, 5, "X"}}), "ab");
}

TEST(TextEdit, PlacesAndOffsets) {
  const Place place = PlaceOf("a:b/c.yaml:2:3");
  EXPECT_EQ(place.file, "a:b/c.yaml");
  EXPECT_EQ(place.line, 2u);
  EXPECT_EQ(place.column, 3u);
  EXPECT_EQ(PlaceOf("nothing").file, "nothing");
  EXPECT_EQ(OffsetOf("ab\ncd\n", {"", 2, 2}), 4u);
  EXPECT_EQ(OffsetOf("ab\n", {"", 9, 1}), std::nullopt);
  EXPECT_EQ(OffsetOf("ab", {"", 1, 9}), std::nullopt);
}

}  // namespace
}  // namespace ameide::generator
