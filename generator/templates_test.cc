#include <set>

#include "base/strings.h"
#include "generator/output.h"
#include "generator/render/render.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

TEST(Templates, AreWhatTheGeneratorRenders) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) {
      const auto diff = DiffFolder(fs::path(AMEIDE_SOURCE_DIR) / "templates" / name, files);
      ASSERT_TRUE(diff.ok()) << diff.error().ToString();
      EXPECT_EQ(*diff, "") << "run: ameide-templates render";
    }
  }
}

TEST(Templates, HoldNoOtherFolders) {
  std::set<std::string> rendered;
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) rendered.insert(name);
  }
  std::set<std::string> folders;
  for (const auto& entry : fs::directory_iterator(fs::path(AMEIDE_SOURCE_DIR) / "templates")) {
    folders.insert(entry.path().filename().string());
  }
  EXPECT_EQ(folders, rendered);
}

}  // namespace
}  // namespace ameide::generator
