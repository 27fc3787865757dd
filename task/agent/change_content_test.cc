#include "task/agent/change_content.h"

#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

Change Entry(const char* path, unsigned old_mode, unsigned new_mode) {
  Change change;
  change.path = path;
  change.kind = old_mode == 0   ? Change::Kind::kAdded
                : new_mode == 0 ? Change::Kind::kDeleted
                                : Change::Kind::kModified;
  change.old_mode = old_mode;
  change.new_mode = new_mode;
  return change;
}

Change Known(Change change) {
  change.content_known = true;
  change.new_size = 7;
  return change;
}

TEST(AddContent, FillsTheWorkingTreesChangesOnly) {
  const ChangeSet work = {Entry("a", 0100644, 0100644), Entry("b", 0, 0100644)};
  ChangeSet all = {work[0], work[1], Entry("staged", 0, 0100644)};
  ASSERT_TRUE(AddContent({Known(work[1]), Known(work[0])}, work, &all).ok());
  EXPECT_EQ(all[0], Known(work[0]));
  EXPECT_EQ(all[1], Known(work[1]));
  EXPECT_FALSE(all[2].content_known);
}

TEST(AddContent, TheListingsLinkTargetStays) {
  Change listed = Entry("l", 0, kModeSymlink);
  listed.symlink_target = "/";
  Change patched = Known(listed);
  patched.symlink_target = "inside";
  ChangeSet all = {listed};
  ASSERT_TRUE(AddContent({patched}, {listed}, &all).ok());
  EXPECT_EQ(all[0].symlink_target, "/");
}

TEST(AddContent, DisagreementNamesThePath) {
  const Change a = Entry("a", 0100644, 0100644);
  const Change b = Entry("b", 0, 0100644);
  const struct {
    ChangeSet patched;
    ChangeSet work;
    const char* why;
  } kCases[] = {{{}, {a}, "at a: the patch lacks it"},
                {{a, b}, {a}, "at b: only the patch has it"},
                {{Entry("a", 0100644, 0100755)}, {a}, "at a: the patch changes it in another"},
                {{Entry("a", 0100644, 0)}, {a}, "at a: the patch changes it in another"}};
  for (const auto& test : kCases) {
    ChangeSet all = test.work;
    const Status merged = AddContent(test.patched, test.work, &all);
    ASSERT_FALSE(merged.ok()) << test.why;
    EXPECT_THAT(merged.error().ToString(), HasSubstr(test.why));
  }
}

}  // namespace
}  // namespace ameide::task
