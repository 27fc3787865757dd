#include <stdexcept>

#include "generator/hcl/body.h"
#include "gtest/gtest.h"

namespace ameide::hcl {
namespace {

std::string PrintValue(Expr value) { return Print(Body().Attribute("a", std::move(value))); }

TEST(Print, NeighbouringAttributesShareAColumn) {
  Body body;
  body.Attribute("a", Number(1)).Attribute("long", String("x")).BlankLine();
  body.Attribute("bb", Bool(true)).Comment("why\nand how").Attribute("cccc", Null());
  EXPECT_EQ(Print(body),
            "a    = 1\n"
            "long = \"x\"\n"
            "\n"
            "bb = true\n"
            "# why\n"
            "# and how\n"
            "cccc = null\n");
}

TEST(Print, ValueOverSeveralLinesStandsAlone) {
  Body body;
  body.Attribute("a", Number(1))
      .Attribute("object", Object({{"k", Number(1)}, {"two words", Ref("x")}}));
  body.Attribute("bb", Number(2)).Attribute("c", Object({}));
  EXPECT_EQ(Print(body),
            "a = 1\n"
            "object = {\n"
            "  k           = 1\n"
            "  \"two words\" = x\n"
            "}\n"
            "bb = 2\n"
            "c  = {}\n");
}

TEST(Print, BlocksNest) {
  Body inner;
  inner.Attribute("x", Number(1)).Block("empty", Body());
  EXPECT_EQ(Print(Body().Block("resource", {"a", "b.c"}, inner)),
            "resource \"a\" \"b.c\" {\n  x = 1\n  empty {}\n}\n");
}

TEST(Print, ExpressionsReadAsWritten) {
  struct Case {
    Expr value;
    std::string_view text;
  };
  const Case kCases[] = {
      {Ref("pod.task.0.id"), "pod.task[0].id"},
      {Call("f", {String("a"), Number(-1)}), "f(\"a\", -1)"},
      {Call("f", {Tuple({Object({{"x", Number(1)}})})}), "f([\n  {\n    x = 1\n  },\n])"},
      {Strings({"a", "b"}), "[\"a\", \"b\"]"},
      {Tuple({}), "[]"},
      {Template({String("id-"), Ref("x.y"), String("$")}), "\"id-${x.y}$\""},
      {Template({String(""), Ref("x.y")}), "x.y"},
      {Operation(Operation(Ref("a"), "+", Ref("b")), "*", Number(2)), "(a + b) * 2"},
      {Conditional(Operation(Ref("a"), "==", Number(1)), Strings({"x"}), Object({{"k", Null()}})),
       "(a == 1) ? [\"x\"] : { k = null }"},
      {Not(Operation(Ref("a"), "==", Ref("b"))), "!(a == b)"},
      {Index(Ref("a.b"), String("k")), "a.b[\"k\"]"},
      {Attribute(Call("one", {Ref("a")}), "b.c"), "one(a).b.c"},
      {Attribute(Conditional(Ref("a"), Ref("b"), Ref("c")), "d"), "(a ? b : c).d"},
      {ForTuple({"v"}, Ref("a"), Ref("v.x")), "[for v in a : v.x]"},
      {ForTuple({"k", "v"}, Ref("a"), Ref("v"), Operation(Ref("k"), "!=", String("x"))),
       "[for k, v in a : v if k != \"x\"]"},
      {ForObject({"v"}, Ref("a"), Ref("v.name"), Ref("v")), "{ for v in a : v.name => v }"},
      {ForObject({"v"}, Ref("a"), Ref("v.name"), Ref("v"), Ref("v.on")),
       "{ for v in a : v.name => v if v.on }"},
      {Object({{"for", Number(1)}, {"null", Number(2)}}), "{\n  \"for\"  = 1\n  \"null\" = 2\n}"},
  };
  for (const Case& c : kCases) EXPECT_EQ(PrintValue(c.value), "a = " + std::string(c.text) + "\n");
}

TEST(Print, LongTuplesTakeALinePerItem) {
  const std::string word(40, 'x');
  EXPECT_EQ(PrintValue(Strings({word, word})),
            "a = [\n  \"" + word + "\",\n  \"" + word + "\",\n]\n");
}

TEST(Print, HeredocsAlignAndKeepTheirLines) {
  Body body;
  body.Attribute("long", Number(1));
  body.Attribute("b", Heredoc({String("#!/bin/sh\n\n  echo \"${HOME}\" "), Ref("x.y")}));
  EXPECT_EQ(Print(Body().Block("r", body)),
            "r {\n"
            "  long = 1\n"
            "  b    = <<-EOT\n"
            "    #!/bin/sh\n"
            "\n"
            "      echo \"$${HOME}\" ${x.y}\n"
            "  EOT\n"
            "}\n");
}

TEST(Print, HeredocsThatCannotBeSpelledBecomeQuotedStrings) {
  EXPECT_EQ(PrintValue(Heredoc({String("tab\t")})), "a = \"tab\\t\\n\"\n");
  EXPECT_EQ(PrintValue(Heredoc({String("x\nEOT\n")})), "a = \"x\\nEOT\\n\"\n");
  EXPECT_EQ(PrintValue(Heredoc({String("  deep\n")})), "a = \"  deep\\n\"\n");
  EXPECT_EQ(PrintValue(Heredoc({String("x\n   \ny\n")})), "a = \"x\\n   \\ny\\n\"\n");
  EXPECT_EQ(PrintValue(Tuple({Heredoc({String("x\n")})})), "a = [\"x\\n\"]\n");
}

TEST(Print, CommentsCannotBreakOut) {
  EXPECT_EQ(Print(Body().Comment("a\r\nb = 1\n\x1b[31m\tc")), "# a\n# b = 1\n# c\n");
}

TEST(Print, MalformedNamesAreBugs) {
  EXPECT_THROW(Ref("a b"), std::invalid_argument);
  EXPECT_THROW(Ref("0.a"), std::invalid_argument);
  EXPECT_THROW(Call("a.b", {}), std::invalid_argument);
  EXPECT_THROW(Operation(Null(), ";", Null()), std::invalid_argument);
  EXPECT_THROW(Attribute(Ref("a"), "b c"), std::invalid_argument);
  EXPECT_THROW(ForTuple({"a b"}, Ref("x"), Null()), std::invalid_argument);
  EXPECT_THROW(ForTuple({"a", "b", "c"}, Ref("x"), Null()), std::invalid_argument);
  EXPECT_THROW(Body().Attribute("a.b", Null()), std::invalid_argument);
  EXPECT_THROW(Body().Block("", Body()), std::invalid_argument);
  EXPECT_THROW(Body().Block("a", {"%{"}, Body()), std::invalid_argument);
}

}  // namespace
}  // namespace ameide::hcl
