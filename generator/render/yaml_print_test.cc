#include "generator/render/yaml_print.h"

#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"
#include "task/contract/yaml_json.h"

namespace ameide::generator {
namespace {

TEST(YamlPrint, ReadsAsPeopleWriteIt) {
  const Json value =
      Json::Object{{"kind", "Role"},
                   {"empty", Json::Array{}},
                   {"none", Json::Object{}},
                   {"rules", Json::Array{Json::Object{{"apiGroups", Json::Array{""}},
                                                      {"verbs", Json::Array{"get", "list"}}},
                                         "plain", Json::Array{1, true}}},
                   {"kubernetes.io/x", Json::Object{{"n", 0}}}};
  EXPECT_EQ(ToYaml(value),
            "kind: Role\n"
            "empty: []\n"
            "none: {}\n"
            "rules:\n"
            "  - apiGroups:\n"
            "      - \"\"\n"
            "    verbs:\n"
            "      - get\n"
            "      - list\n"
            "  - plain\n"
            "  - - 1\n"
            "    - true\n"
            "kubernetes.io/x:\n"
            "  \"n\": 0\n");
}

TEST(YamlPrint, DocumentsAreSeparated) {
  EXPECT_EQ(ToYaml(std::vector<Json>{Json::Object{{"a", 1}}, Json("x")}), "a: 1\n---\nx\n");
}

TEST(YamlPrint, TextSurvivesWhateverItLooksLike) {
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    const std::string line = testing::RandomLine(&random);
    const Json value = Json::Object{{line, Json::Array{line, Json::Object{{"k", line}}}}};
    const auto read = task::YamlToJson(ToYaml(value), "f");
    ASSERT_TRUE(read.ok()) << ToYaml(value);
    EXPECT_EQ(read.value->value, value);
  }
  for (const char* text : {"true", "no", "null", "1", "1.5", "", "-", "a: b", "a #b", " a", "a ",
                           "2026-01-02", "y", "~", "*a", "!x", "@x", "line\nbreak"}) {
    const auto read = task::YamlToJson(ToYaml(Json::Object{{"a", text}}), "f");
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(*read.value->value.Find("a"), Json(text));
  }
}

}  // namespace
}  // namespace ameide::generator
