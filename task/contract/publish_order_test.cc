#include "task/contract/publish_order.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

PublishStatement Good() {
  return {"job-7", "run-1", std::string(40, 'a'), std::string(64, 'b'),
          *ParseTime("2026-01-02T03:04:05.000006Z")};
}

TEST(PublishStatement, ComesBackFromJson) {
  const auto back = PublishStatementFromJson(ToJson(Good()));
  ASSERT_TRUE(back.ok()) << ToError(back.problems, "", "").ToString();
  EXPECT_EQ(*back.value, Good());
}

TEST(PublishStatement, SaysWhatIsWrongWithIt) {
  struct Case {
    const char* key;
    Json value;
    const char* said;
  };
  const Case cases[] = {
      {"version", 2, "/version"},
      {"work_id", "", "/work_id: is empty"},
      {"run_id", "", "/run_id: is empty"},
      {"base_commit", "HEAD", "/base_commit: must be 40 or 64"},
      {"base_commit", std::string(40, 'A'), "/base_commit: must be 40 or 64"},
      {"work_sha256", std::string(63, 'b'), "/work_sha256: must be 64"},
      {"expires_at", "tomorrow", "/expires_at"},
      {"expires_at", 7, "/expires_at"},
      {"more", 1, "/more"},
  };
  for (const Case& one : cases) {
    Json json = ToJson(Good());
    json.Set(one.key, one.value);
    const auto read = PublishStatementFromJson(json);
    ASSERT_FALSE(read.ok()) << one.key;
    EXPECT_THAT(ToError(read.problems, "", "").ToString(), HasSubstr(one.said));
  }
  EXPECT_EQ(PublishStatementFromJson(Json::Object{}).problems.size(), 6u);
  EXPECT_FALSE(PublishStatementFromJson(Json("no")).ok());
}

}  // namespace
}  // namespace ameide::task
