#include "task/launcher/coder/publish_keys.h"

#include <sys/stat.h>

#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PublishKeyOf, IsTheSameForTheSameRunAndNoOther) {
  ::ameide::testing::TempDir dir;
  const fs::path state = dir.path() / "state";
  const auto first = PublishKeyOf(state, "ameide-w", "run-1");
  ASSERT_TRUE(first.ok()) << first.error().ToString();
  EXPECT_EQ(PublishKeyOf(state, "ameide-w", "run-1")->private_pem, first->private_pem);
  EXPECT_NE(PublishKeyOf(state, "ameide-w", "run-2")->private_pem, first->private_pem);
  EXPECT_NE(PublishKeyOf(state, "ameide-v", "run-1")->private_pem, first->private_pem);
  EXPECT_NE(PublishKeyOf(dir.path() / "other", "ameide-w", "run-1")->private_pem,
            first->private_pem);
  struct stat info {};
  ASSERT_EQ(::stat((state / "publish.seed").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(InstallationIdOf, IsOnePerStateFolderAndNotItsSecret) {
  ::ameide::testing::TempDir dir;
  const auto id = InstallationIdOf(dir.path() / "state");
  ASSERT_TRUE(id.ok()) << id.error().ToString();
  EXPECT_THAT(*id, ::testing::MatchesRegex("[0-9a-f]{16}"));
  ASSERT_TRUE(PublishKeyOf(dir.path() / "state", "w", "r").ok());
  EXPECT_EQ(*InstallationIdOf(dir.path() / "state"), *id);
  EXPECT_NE(*InstallationIdOf(dir.path() / "other"), *id);
  EXPECT_THAT(*ReadFile(dir.path() / "state/publish.seed", 100), Not(HasSubstr(*id)));
}

TEST(PublishKeyOf, ADamagedSecretIsNamedAndNotShown) {
  ::ameide::testing::TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "publish.seed", "half-a-secret").ok());
  const auto key = PublishKeyOf(dir.path(), "w", "r");
  ASSERT_FALSE(key.ok());
  EXPECT_THAT(key.error().ToString(), HasSubstr("publish.seed"));
  EXPECT_THAT(key.error().ToString(), Not(HasSubstr("half-a-secret")));
}

}  // namespace
}  // namespace ameide::task
