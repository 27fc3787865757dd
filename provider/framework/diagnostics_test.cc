#include "provider/framework/diagnostics.h"

#include "gtest/gtest.h"

namespace ameide::framework {
namespace {

TEST(Diagnostics, DropsExactDuplicates) {
  Diagnostics diagnostics;
  diagnostics.AddError("a", "b", Path("x"));
  diagnostics.AddError("a", "b", Path("x"));
  diagnostics.AddError("a", "b", Path("y"));
  diagnostics.AddWarning("a", "b", Path("x"));
  EXPECT_EQ(diagnostics.Dump(), "error at x: a: b\nerror at y: a: b\nwarning at x: a: b\n");
}

TEST(Diagnostics, OnlyErrorsCountAsErrors) {
  Diagnostics diagnostics;
  diagnostics.AddWarning("a", "b");
  EXPECT_FALSE(diagnostics.HasErrors());
  diagnostics.AddBug("a", "b");
  EXPECT_TRUE(diagnostics.HasErrors());
  EXPECT_NE(diagnostics.items()[1].detail.find("bug in the provider"), std::string::npos);
}

TEST(Diagnostics, TextBecomesPrintableUtf8) {  // V-20
  Diagnostics diagnostics;
  diagnostics.AddError("two\nlines \x1b[31mred", "bad \xff byte\r\nnext");
  EXPECT_EQ(diagnostics.items()[0].summary, "two lines red");
  EXPECT_EQ(diagnostics.items()[0].detail, "bad \xEF\xBF\xBD byte\nnext");
}

TEST(Diagnostics, AnErrorBecomesSummaryAndDetail) {
  const Error error = {.kind = ErrorKind::kDenied,
                       .operation = "clone repository",
                       .target = "https://example.com/r.git",
                       .cause = "access denied",
                       .hint = "check the token"};
  const Diagnostic diagnostic = ToDiagnostic(error, Path("repository"));
  EXPECT_EQ(diagnostic.summary, "Clone repository");
  EXPECT_EQ(diagnostic.detail, "https://example.com/r.git: access denied\n\ncheck the token");
  EXPECT_EQ(diagnostic.path, Path("repository"));
  EXPECT_EQ(ToDiagnostic(Error{}).summary, "Operation failed");
}

}  // namespace
}  // namespace ameide::framework
