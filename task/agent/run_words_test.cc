#include "task/agent/run_words.h"

#include "gmock/gmock.h"

namespace ameide::task {
namespace {

TEST(RunWords, DurationsAreAsExactAsAReaderNeeds) {
  EXPECT_EQ(ShortDuration(Millis(0)), "0.0s");
  EXPECT_EQ(ShortDuration(Millis(2149)), "2.1s");
  EXPECT_EQ(ShortDuration(Millis(59'949)), "59.9s");
  EXPECT_EQ(ShortDuration(Millis(192'400)), "3m12s");
}

TEST(RunWords, CommandsAreQuotedBoundedAndPrintable) {
  EXPECT_EQ(CommandForPeople({"make", "a b", ""}), "make 'a b' ''");
  EXPECT_EQ(CommandForPeople({"x\x1b[31m y\nz"}), "'x y…'");
  EXPECT_LT(CommandForPeople({std::string(5000, 'x')}).size(), 210u);
}

TEST(RunWords, EndsNameTheCodeOrTheSignal) {
  EXPECT_EQ(EndForPeople({.code = 3, .signal = {}}), "exited with 3");
  EXPECT_EQ(EndForPeople({.code = {}, .signal = 9}), "was ended by signal 9 (Killed)");
}

TEST(RunWords, TestsAndFindingsCount) {
  EXPECT_EQ(TestsForPeople({.total = 1, .passed = 1}), "1 test");
  EXPECT_EQ(TestsForPeople({.total = 9, .failed = 2, .errors = 1, .skipped = 3}),
            "9 tests, 2 failed, 1 with errors, 3 skipped");
  Finding finding;
  finding.what_failed = "x was changed";
  EXPECT_EQ(FindingsForPeople({finding}), "1 guardrail finding: x was changed");
  EXPECT_EQ(FindingsForPeople({finding, finding}), "2 guardrail findings: x was changed, and more");
}

}  // namespace
}  // namespace ameide::task
