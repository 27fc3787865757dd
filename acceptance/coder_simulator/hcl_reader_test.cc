#include "acceptance/coder_simulator/hcl_reader.h"

#include "acceptance/coder_simulator/hcl_evaluate.h"
#include "base/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The value of `x = <expression>`, where a.b is "AB", path.module is "." and f.txt holds "text\n".
std::string ValueOf(const std::string& expression) {
  const Result<Body> body = ReadHcl("x = " + expression + "\n", "t.tf");
  if (!body.ok()) return "error: " + body.error().ToString();
  const Scope scope{[](const std::vector<std::string>& path) -> std::optional<Json> {
                      if (path == std::vector<std::string>{"a", "b"}) return Json("AB");
                      if (path == std::vector<std::string>{"path", "module"}) return Json(".");
                      if (path == std::vector<std::string>{"n", "0", "m"}) return Json(7);
                      return std::nullopt;
                    },
                    [](const std::string& name) -> std::optional<std::string> {
                      if (name == "f.txt") return "text\n";
                      return std::nullopt;
                    }};
  const Result<Json> value = Evaluate(*body->Find("x"), scope);
  return value.ok() ? value->Dump() : "error: " + value.error().ToString();
}

TEST(HclReader, EvaluatesWhatTemplatesUse) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1", "1"},
      {"1.5", "1.5"},
      {"-3", "-3"},
      {"true", "true"},
      {"null", "null"},
      {"\"a\\n\\\"\\u00e9$${x}%%{y}\"", "\"a\\n\\\"é${x}%{y}\""},
      {"\"<${a.b}>\"", "\"<AB>\""},
      {"\"${file(\"${path.module}/f.txt\")}\"", "\"text\\n\""},
      {"filebase64(\"./f.txt\")", "\"dGV4dAo=\""},
      {"n[0].m - 60", "-53"},
      {"2 + 3 * 4", "14"},
      {"(2 + 3) * 4", "20"},
      {"10 - 2 - 3", "5"},
      {"a.b == \"AB\" ? 1 : 2", "1"},
      {"!true || 1 < 2 && 2 >= 2", "true"},
      {"[1, \"two\", [3],]", "[1,\"two\",[3]]"},
      {"{\n  a = 1\n  \"b.c\" = 2, d : 3\n}", "{\"a\":1,\"b.c\":2,\"d\":3}"},
      {"<<-EOT\n    one\n\n      two ${a.b}\n  EOT", "\"one\\n\\n  two AB\\n\""},
      {"<<EOT\n  one\nEOT", "\"  one\\n\""},
      {"base64encode(\"x\")", "\"eA==\""}};
  for (const auto& [expression, value] : cases) EXPECT_EQ(ValueOf(expression), value) << expression;
}

TEST(HclReader, SaysWhatItCannotEvaluate) {
  EXPECT_THAT(ValueOf("no.such"), HasSubstr("no.such"));
  EXPECT_THAT(ValueOf("strange(1)"), HasSubstr("strange()"));
  EXPECT_THAT(ValueOf("file(\"gone\")"), HasSubstr("gone"));
  EXPECT_THAT(ValueOf("[for x in a.b : x]"), HasSubstr("for expression"));
}

TEST(HclReader, BrokenTextNamesFileAndLine) {
  for (const char* text :
       {"a = \n", "a = 1 2\n", "b {\n", "b {\n}}\n", "a = \"open\n", "a = [1\n", "a = \"${x\"\n",
        "a = <<EOT\nnever\n", "a = {\n b c\n}\n", "a = 1\na = 2\n", "= 1\n", "a = x.\n", "a = (1\n",
        "a = \"\\q\"\n", "/* open", "a = \"%{ if x }\"\n", "a = @\n", "b \"l\"\n"}) {
    const Result<Body> body = ReadHcl(text, "bad.tf");
    ASSERT_FALSE(body.ok()) << text;
    EXPECT_THAT(body.error().target, HasSubstr("bad.tf:")) << text;
  }
}

TEST(HclReader, DeepNestingIsRefusedNotFollowed) {
  EXPECT_FALSE(ReadHcl("a = " + std::string(100'000, '[') + "\n", "deep.tf").ok());
  EXPECT_FALSE(ReadHcl("a = " + std::string(100'000, '!') + "true\n", "deep.tf").ok());
  std::string blocks;
  for (int i = 0; i < 1000; ++i) blocks += "b {\n";
  EXPECT_FALSE(ReadHcl(blocks, "deep.tf").ok());
}

TEST(HclReader, KeepsBlocksLabelsAndComments) {
  const Result<Body> body = ReadHcl(
      "# one\n// two\n/* three\n */\nresource \"a\" \"b\" { # here\n  x = 1 # there\n  c {}\n}\n",
      "t.tf");
  ASSERT_TRUE(body.ok()) << body.error().ToString();
  ASSERT_EQ(body->blocks.size(), 1u);
  EXPECT_THAT(body->blocks[0].labels, ElementsAre("a", "b"));
  EXPECT_NE(body->blocks[0].body.FindBlock("c"), nullptr);
  EXPECT_EQ(body->blocks[0].body.FindBlock("d"), nullptr);
}

TEST(HclReader, ReadsEveryFileOfTheCommittedTemplates) {
  size_t files = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(AMEIDE_SOURCE_DIR) / "templates")) {
    if (entry.path().extension() != ".tf") continue;
    const Result<Body> body =
        ReadHcl(ReadFile(entry.path(), 1u << 20).value(), entry.path().string());
    EXPECT_TRUE(body.ok()) << body.error().ToString();
    ++files;
  }
  EXPECT_GE(files, 12u);
}

}  // namespace
}  // namespace ameide::simulator
