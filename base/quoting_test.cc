#include "base/quoting.h"

#include "gtest/gtest.h"

namespace ameide {
namespace {

TEST(PercentEncode, KeepsWhatIsUnreservedAndWhatItIsTold) {
  EXPECT_EQ(PercentEncode("aZ09-._~ /%\xc3\n"), "aZ09-._~%20%2F%25%C3%0A");
  EXPECT_EQ(PercentEncode("a/b:c", "/"), "a/b%3Ac");
}

TEST(ShellCommand, QuotesEachWord) {
  EXPECT_EQ(ShellCommand({"sh", "-c", "echo $A", ""}), "sh -c 'echo $A' ''");
  EXPECT_EQ(ShellCommand({}), "");
}

}  // namespace
}  // namespace ameide
