// Templates of random profiles, and of damaged ones that the loader lets pass, are valid Terraform.
#include "acceptance/template_project.h"
#include "base/strings.h"
#include "generator/render/render.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/testing/random_profile.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

// Starting Terraform costs more than checking a template, so each template becomes a module and
// Terraform starts once for many.
class ManyTemplates : public ::testing::Test {
 protected:
  // All templates of the profile.
  void Add(const task::Profile& profile) {
    for (const auto& [folder, files] : generator::RenderTemplates(profile)) {
      const std::string name = StrCat("m", count_++);
      for (const auto& [file, text] : files) project_.Write(StrCat(name, "/", file), text);
      // Modules inherit providers; with a block for each, a program would start for each.
      project_.Write(StrCat(name, "/main.tf"), WithoutProviders(files.at("main.tf")));
      StrAppend(&modules_, "module \"", name, "\" {\n  source = \"./", name, "\"\n}\n\n");
    }
  }

  void ExpectValid() {
    project_.Write("main.tf", modules_.substr(0, modules_.size() - 1));
    const TerraformRun fmt = project_.Run(".", {"fmt", "-check", "-diff", "-recursive"});
    EXPECT_EQ(fmt.exit_code, 0) << fmt.All().substr(0, 4000);
    const TerraformRun init = project_.Run(".", {"init", "-input=false"});
    ASSERT_EQ(init.exit_code, 0) << init.All().substr(0, 4000);
    const TerraformRun validate = project_.Run(".", {"validate", "-json"});
    EXPECT_EQ(validate.exit_code, 0) << validate.All().substr(0, 4000);
    EXPECT_THAT(validate.out, HasSubstr("\"error_count\": 0"));
    EXPECT_EQ(ModulesOf(init.out), count_);
  }

  unsigned count() const { return count_; }
  TemplateProject project_;

 private:
  static std::string WithoutProviders(std::string main) {
    for (const char* provider : {"coder", "kubernetes"}) {
      main = StrReplaceAll(main, StrCat("provider \"", provider, "\" {}\n"), "");
    }
    return main;
  }

  // `init` says "- m12 in m12" for each.
  static unsigned ModulesOf(const std::string& text) {
    unsigned found = 0;
    for (const std::string_view line : StrSplit(text, '\n')) found += line.starts_with("- m");
    return found;
  }

  unsigned count_ = 0;
  std::string modules_;
};

task::Profile RandomProfile(unsigned seed) {
  return *task::ProfileFromYaml(task::testing::RandomProfileYaml(seed), "random.yaml").value;
}

TEST_F(ManyTemplates, OfTwoHundredRandomProfilesAreValid) {
  for (unsigned seed = 0; seed < 200; ++seed) Add(RandomProfile(seed));
  EXPECT_GE(count(), 200u);
  ExpectValid();
}

TEST_F(ManyTemplates, OfDamagedProfilesThatPassAreValid) {
  for (unsigned seed = 0; seed < 1000 && count() < 20; ++seed) {
    const auto profile = task::ProfileFromYaml(
        task::testing::MutatedYaml(task::testing::RandomProfileYaml(seed), seed), "mutant.yaml");
    if (profile.value) Add(*profile.value);
  }
  EXPECT_GE(count(), 10u) << "too few passed to say anything";
  ExpectValid();
}

TEST_F(ManyTemplates, HideNoBrokenOne) {
  for (unsigned seed = 0; seed < 3; ++seed) Add(RandomProfile(seed));
  project_.Write("m1/broken.tf", "output \"x\" {\n  value = coder_agent.main.nothing\n}\n");
  project_.Write("main.tf", "module \"m1\" {\n  source = \"./m1\"\n}\n");
  ASSERT_EQ(project_.Run(".", {"init", "-input=false"}).exit_code, 0);
  const TerraformRun validate = project_.Run(".", {"validate"});
  EXPECT_EQ(validate.exit_code, 1);
  EXPECT_THAT(validate.All(), HasSubstr("on m1/broken.tf line 2"));
}

}  // namespace
}  // namespace ameide::acceptance
