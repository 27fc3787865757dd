#include "task/agent/process_tree.h"

#include <signal.h>
#include <unistd.h>

#include "base/strings.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Stat(const std::string& name, const std::string& start = "99") {
  std::string text = StrCat("12 (", name, ") S 7");
  for (int field = 5; field < 22; ++field) StrAppend(&text, " ", field);
  return StrCat(text, " ", start, " 23 24\n");
}

TEST(ParseProcessStat, NamesMayHoldAnything) {
  for (const std::string name : {"sh", "a b", "(x) R 1", ")", ""}) {
    Process process;
    ASSERT_TRUE(ParseProcessStat(Stat(name), &process)) << name;
    EXPECT_EQ(process, (Process{12, 7, 'S', 99, name}));
  }
}

TEST(ParseProcessStat, RefusesOtherForms) {
  for (const std::string& text :
       {std::string(), std::string("12"), std::string("12 (sh)"), std::string("12 (sh) S 7"),
        std::string("(sh) S 7"), Stat("sh", "x"), StrCat("x", Stat("sh"))}) {
    Process process;
    EXPECT_FALSE(ParseProcessStat(text, &process)) << text;
  }
}

TEST(DescendantsOf, FindsChildrenListedBeforeTheirParents) {
  const std::vector<Process> all = {{5, 9, 'S', 1, "grandchild"},
                                    {9, 2, 'S', 1, "child"},
                                    {3, 1, 'S', 1, "stranger"},
                                    {2, 1, 'S', 1, "root"}};
  EXPECT_THAT(DescendantsOf(2, all), ElementsAre(all[1], all[0]));
  EXPECT_THAT(DescendantsOf(3, all), IsEmpty());
}

TEST(SignalEach, SparesAProcessThatTookOverTheNumber) {
  // Were the start time not compared, this would end the test.
  SignalEach({{::getpid(), ::getppid(), 'S', 1, "me"}}, SIGKILL);
  SUCCEED();
}

}  // namespace
}  // namespace ameide::task
