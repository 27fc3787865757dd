// What only Terraform itself can say: that our bytes are what `terraform fmt` leaves, and that the
// strings we write are the strings it reads.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <random>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "generator/hcl/body.h"
#include "gtest/gtest.h"

namespace ameide::hcl {
namespace {

Result<CommandResult> Terraform(const fs::path& directory, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "terraform");
  const char* path = ::getenv("PATH");
  // Nothing but PATH: a TF_CLI_CONFIG_FILE of the caller's would be read, too.
  return RunCommand({.argv = std::move(arguments),
                     .environment = {{"PATH", path == nullptr ? "/usr/bin:/bin" : path},
                                     {"HOME", directory.string()},
                                     {"CHECKPOINT_DISABLE", "1"}},
                     .directory = directory},
                    {}, SystemClock());
}

bool TerraformIsMissing(const fs::path& directory) {
  const auto version = Terraform(directory, {"version"});
  return !version.ok() && version.error().kind == ErrorKind::kNotFound;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(engine_); }

  std::string Text() {
    static const std::vector<std::string> kPieces = {"a",
                                                     "${",
                                                     "%{",
                                                     "$",
                                                     "%",
                                                     "{",
                                                     "}",
                                                     "\"",
                                                     "\\",
                                                     "\n",
                                                     "\t",
                                                     " ",
                                                     "é",
                                                     "😀",
                                                     "EOT",
                                                     "#",
                                                     "\r",
                                                     "//",
                                                     "/*",
                                                     "${x}",
                                                     "\x01",
                                                     "<<EOT",
                                                     "=",
                                                     "-",
                                                     "\xe2\x80\xae",
                                                     "word",
                                                     std::string(1, '\0'),
                                                     "\x7f"};
    std::string text;
    for (size_t n = Below(7); n > 0; --n) text += kPieces[Below(kPieces.size())];
    return text;
  }
  std::string Name() { return std::string(1 + Below(9), static_cast<char>('a' + Below(26))); }

  Expr Value(int depth) {
    switch (Below(depth > 0 ? 18 : 6)) {
      case 0:
        return Number(static_cast<int64_t>(Below(2000)) - 1000);
      case 1:
        return Bool(Below(2) == 0);
      case 2:
        return Ref("data.thing.me.0.id");
      case 3:
        return Template({String(Text()), Ref("local.x"), String(Text())});
      case 4:
        return Heredoc({String(Text()), Ref("local.y"), String(Text())});
      case 5:
        return String(Text());
      case 6:
        return Call(Name(), Items(depth));
      case 7:
        return Tuple(Items(depth));
      case 8:
        return Operation(Value(depth - 1), "==", Value(depth - 1));
      case 9:
        return Conditional(Value(depth - 1), Value(depth - 1), Value(depth - 1));
      case 10:
        return Not(Value(depth - 1));
      case 11:
        return Index(Value(depth - 1), Value(depth - 1));
      case 12:
        return Attribute(Value(depth - 1), "a.b");
      case 13:
        return ForTuple({"v"}, Value(depth - 1), Value(depth - 1));
      case 14:
        return ForTuple({"k", "v"}, Value(depth - 1), Value(depth - 1), Value(depth - 1));
      case 15:
        return ForObject({"k", "v"}, Value(depth - 1), Value(depth - 1), Value(depth - 1));
      default: {
        std::vector<Member> members;
        for (size_t n = Below(5); n > 0; --n) {
          members.emplace_back(Below(3) == 0 ? Text() : Name(), Value(depth - 1));
        }
        return Object(std::move(members));
      }
    }
  }
  std::vector<Expr> Items(int depth) {
    std::vector<Expr> items;
    for (size_t n = Below(4); n > 0; --n) items.push_back(Value(depth - 1));
    return items;
  }
  Body SomeBody(int depth) {
    Body body;
    for (size_t n = Below(8); n > 0; --n) {
      const size_t what = Below(8);
      // Terraform refuses a name twice in one body.
      const std::string name = StrCat(Name(), n);
      if (what == 0) {
        body.BlankLine();
      } else if (what == 1) {
        body.Comment(Text());
      } else if (what == 2 && depth > 0) {
        body.Block(name, {"label", Name()}, SomeBody(depth - 1));
      } else {
        body.Attribute(name, Value(3));
      }
    }
    return body;
  }

 private:
  std::mt19937 engine_;
};

TEST(HclTerraform, FmtLeavesRandomBodiesAlone) {
  const testing::TempDir dir;
  if (TerraformIsMissing(dir.path())) GTEST_SKIP() << "terraform is not on PATH";
  for (unsigned seed = 0; seed < 400; ++seed) {
    const std::string text = Print(Random(seed).SomeBody(2));
    ASSERT_TRUE(WriteFileAtomically(dir.path() / StrCat("r", seed, ".tf"), text).ok());
  }
  // -diff shows what it would change, so that a failure explains itself.
  const auto result = Terraform(dir.path(), {"fmt", "-check", "-diff", "-no-color"});
  ASSERT_TRUE(result.ok()) << result.error().ToString();
  EXPECT_EQ(result->status.ShellCode(), 0)
      << result->out.substr(0, 4000) << result->err.substr(0, 4000);
}

TEST(HclTerraform, ReadsBackTheStringsWeWrote) {
  const testing::TempDir dir;
  if (TerraformIsMissing(dir.path())) GTEST_SKIP() << "terraform is not on PATH";
  Random random(7);
  std::vector<Expr> values;
  Json::Array wanted;
  Body locals;
  for (int i = 0; i < 300; ++i) {
    // Two parts, so that text meets an interpolation.
    const std::string left = random.Text();
    const std::string right = random.Text();
    const bool heredoc = i % 2 == 0;
    const std::vector<Expr> parts = {String(left), Ref("local.middle"), String(right)};
    locals.Attribute(StrCat("v", i), heredoc ? Heredoc(parts) : Template(parts));
    const bool newline = heredoc && (right.empty() || right.back() != '\n');
    wanted.emplace_back(StrCat(left, "<m>", right, newline ? "\n" : ""));
    values.push_back(Ref(StrCat("local.v", i)));
  }
  locals.Attribute("middle", String("<m>"));
  Body file;
  file.Block("locals", locals);
  file.Block("output", {"all"}, Body().Attribute("value", Call("jsonencode", {Tuple(values)})));
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "main.tf", Print(file)).ok());
  const auto applied = Terraform(dir.path(), {"apply", "-auto-approve", "-no-color"});
  ASSERT_TRUE(applied.ok());
  ASSERT_TRUE(applied->status.Success()) << applied->err;
  const auto output = Terraform(dir.path(), {"output", "-raw", "all"});
  ASSERT_TRUE(output.ok() && output->status.Success());
  const auto read = ParseJson(output->out);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  ASSERT_EQ(read->AsArray()->size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ((*read->AsArray())[i].Dump(), wanted[i].Dump()) << "value " << i;
  }
}

}  // namespace
}  // namespace ameide::hcl
