// A damaged profile ends in problems or in whole templates: never in a crash, an empty file, or
// bytes that no editor shows.
#include "base/strings.h"
#include "base/text.h"
#include "generator/render/render.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"
#include "task/contract/testing/random_profile.h"

namespace ameide::acceptance {
namespace {

void ExpectWholeTemplates(const task::Profile& profile, unsigned seed) {
  const auto templates = generator::RenderTemplates(profile);
  EXPECT_EQ(templates.size(), profile.human ? 2u : 1u);
  for (const auto& [folder, files] : templates) {
    for (const char* needed : {"README.md", "AGENTS.md", "main.tf"}) {
      EXPECT_TRUE(files.contains(needed)) << "seed " << seed << " " << folder << "/" << needed;
    }
    for (const auto& [name, text] : files) {
      EXPECT_FALSE(text.empty()) << "seed " << seed << " " << folder << "/" << name;
      EXPECT_TRUE(IsValidUtf8(text)) << "seed " << seed << " " << folder << "/" << name;
    }
  }
}

TEST(DamagedProfiles, AreRefusedOrRenderedWhole) {
  constexpr unsigned kMutants = 1000;
  const auto builtin = BuiltinProfiles();
  unsigned refused = 0;
  unsigned rendered = 0;
  for (unsigned seed = 0; seed < kMutants; ++seed) {
    const std::string whole = seed % 2 == 0 ? std::string(builtin[seed / 2 % builtin.size()].yaml)
                                            : task::testing::RandomProfileYaml(seed);
    const auto profile =
        task::ProfileFromYaml(task::testing::MutatedYaml(whole, seed), "mutant.yaml");
    ASSERT_NE(profile.value.has_value(), !profile.problems.empty()) << "seed " << seed;
    profile.value ? ++rendered : ++refused;
    if (profile.value) ExpectWholeTemplates(*profile.value, seed);
  }
  EXPECT_EQ(refused + rendered, kMutants);
  EXPECT_GE(refused, kMutants / 2);
  EXPECT_GE(rendered, 10u) << "too few passed to say anything";
}

}  // namespace
}  // namespace ameide::acceptance
