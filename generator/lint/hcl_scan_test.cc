#include "generator/lint/hcl_scan.h"

#include "generator/lint/text_edit.h"
#include "generator/render/render.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

constexpr std::string_view kText = R"(# comment { with a brace
resource "a_b" "c" {  // more
  x = 1 /* two
  lines */
  text  = "a ${b("}")} c" # }
  plain = "$${not} \"quoted\""
  list  = [
    "one", # first
    "two",
  ]
  doc = <<-EOT
    } not the end "
    EOT
  object = { k = "v", "q.r" = [1, 2]
    other : 3 }
  inner { y = x == 1 ? "a" : "b" }
}
)";

TEST(HclScan, ReadsBlocksAttributesAndTheirPlaces) {
  const auto root = ScanHcl(kText, "f.tf");
  ASSERT_TRUE(root.ok()) << root.error().ToString();
  ASSERT_EQ(root->blocks.size(), 1u);
  const HclBlock& block = root->blocks[0];
  EXPECT_EQ(block.type, "resource");
  EXPECT_EQ(block.labels, (std::vector<std::string>{"a_b", "c"}));
  EXPECT_EQ(block.line, 2u);
  EXPECT_EQ(block.Text("x"), "1 /* two\n  lines */");
  EXPECT_EQ(block.Find("text")->line, 5u);
  EXPECT_EQ(block.Find("text")->column, 11u);
  EXPECT_EQ(block.Literal("text"), std::nullopt);
  EXPECT_EQ(block.Literal("plain"), "${not} \"quoted\"");
  EXPECT_EQ(LiteralTexts(block.Text("list")), (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(block.Text("doc").starts_with("<<-EOT"));
  const auto members = ObjectMembers(*block.Find("object"));
  EXPECT_EQ(members.at("k").text, "\"v\"");
  EXPECT_EQ(members.at("q.r").text, "[1, 2]");
  EXPECT_EQ(members.at("other").text, "3");
  EXPECT_EQ(members.at("other").line, 15u);
  ASSERT_NE(block.Block("inner"), nullptr);
  EXPECT_EQ(block.Block("inner")->Text("y"), "x == 1 ? \"a\" : \"b\"");
  EXPECT_EQ(LiteralText("\"a\" == \"b\""), std::nullopt);
}

TEST(HclScan, SaysWhereATextIsBroken) {
  const struct {
    std::string_view text;
    std::string_view target;
    std::string_view cause;
  } kCases[] = {
      {"a {\n", "f:2:1", "a block is never closed"},
      {"a = [1,\n", "f:2:1", "an expression is never closed by ']'"},
      {"a = \"x\n", "f:1:7", "a quoted text does not end on its line"},
      {"a = <<EOT\nx\n", "f:3:1", "the here-document EOT is never closed"},
      {"a = (]\n", "f:1:6", "']' closes nothing"},
      {"a =\n", "f:1:4", "a value is missing"},
      {"}\n", "f:1:1", "'}' is not expected here"},
      {"a \"b\"\n", "f:1:6", "'\n' is not expected here"},
  };
  for (const auto& c : kCases) {
    const auto root = ScanHcl(c.text, "f");
    ASSERT_FALSE(root.ok()) << c.text;
    EXPECT_EQ(root.error().target, c.target) << c.text;
    EXPECT_EQ(root.error().cause, c.cause) << c.text;
  }
}

TEST(HclScan, ReadsEverythingThatIsRendered) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) {
      for (const auto& [path, text] : files) {
        if (!path.ends_with(".tf") && !path.ends_with(".hcl")) continue;
        const auto root = ScanHcl(text, path);
        EXPECT_TRUE(root.ok()) << name << root.error().ToString();
      }
    }
  }
}

}  // namespace
}  // namespace ameide::generator
