#include "base/strings.h"
#include "generator/commands.h"
#include "generator/output.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

TEST(Templates, AreWhatTheGeneratorRenders) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    const fs::path folder = fs::path(AMEIDE_SOURCE_DIR) / "templates" / profile.contract.name;
    const auto diff = DiffFolder(folder, Render(profile));
    ASSERT_TRUE(diff.ok()) << diff.error().ToString();
    EXPECT_EQ(*diff, "") << "run: ameide-templates render";
  }
}

TEST(Templates, HoldNoOtherFolders) {
  std::vector<std::string> folders;
  for (const auto& entry : fs::directory_iterator(fs::path(AMEIDE_SOURCE_DIR) / "templates")) {
    folders.push_back(entry.path().filename().string());
  }
  std::sort(folders.begin(), folders.end());
  EXPECT_EQ(StrJoin(folders, " "), "code external-executor gitops sre");
}

}  // namespace
}  // namespace ameide::generator
