#include "task/launcher/backend.h"

#include <set>

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TEST(WorkspaceName, FitsALabelAndKeepsReadableLetters) {
  const std::string name = WorkspaceName("PBI-123.patch_me");
  EXPECT_EQ(name.substr(0, name.rfind('-')), "ameide-pbi-123-patch-m");
  EXPECT_EQ(WorkspaceName("___").substr(0, 12), "ameide-task-");
}

TEST(WorkspaceName, IsShortPlainAndStable) {
  for (const std::string& id : {std::string(128, 'x'), std::string("a"), std::string("A.-_B")}) {
    const std::string name = WorkspaceName(id);
    EXPECT_LE(name.size(), 32u) << id;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos);
    EXPECT_EQ(name, WorkspaceName(id));
  }
}

TEST(WorkspaceName, DiffersWhereTheReadablePartIsTheSame) {
  EXPECT_NE(WorkspaceName("job.1"), WorkspaceName("job-1"));
  EXPECT_NE(WorkspaceName("JOB"), WorkspaceName("job"));
}

}  // namespace
}  // namespace ameide::task
