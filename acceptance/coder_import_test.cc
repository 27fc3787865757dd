// What an import job of the simulated Coder server says when it asks real Terraform, with stand-ins
// for the providers.
#include <algorithm>

#include "acceptance/coder_simulator/testing/simulated.h"
#include "acceptance/template_project.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using simulator::TemplateFiles;
using simulator::testing::FolderFiles;
using simulator::testing::Reply;
using ::testing::HasSubstr;

fs::path TemplatesFolder() { return fs::path(AMEIDE_SOURCE_DIR) / "templates"; }

class CoderImport : public ::testing::Test {
 protected:
  simulator::Options OptionsWithTerraform() const {
    simulator::Options options;
    options.terraform = TerraformProgram();
    options.provider_mirror = stand_ins_.mirror();
    return options;
  }

  TemplateProject stand_ins_;
  simulator::testing::Simulated simulated_{OptionsWithTerraform()};
};

TEST_F(CoderImport, TakesEveryCommittedTemplate) {
  int templates = 0;
  for (const auto& entry : fs::directory_iterator(TemplatesFolder())) {
    if (!Exists(entry.path() / "main.tf")) continue;
    ++templates;
    const Reply version = simulated_.Import(FolderFiles(entry.path()));
    EXPECT_EQ(version.Text("job.status"), "succeeded") << entry.path() << version.text;
  }
  EXPECT_GE(templates, 1);
}

TEST_F(CoderImport, FailsWithTerraformsWordsInTheJobAndItsLogs) {
  TemplateFiles files = FolderFiles(TemplatesFolder() / "code");
  const std::string whole = files["pod.tf"];
  files["pod.tf"] = StrReplaceAll(whole, "host_ipc ", "host_ipx ");
  ASSERT_NE(files["pod.tf"], whole);
  const std::string said = "An argument named \"host_ipx\" is not expected here";
  const Reply version = simulated_.Import(files);
  EXPECT_EQ(version.Text("job.status"), "failed");
  EXPECT_THAT(version.Text("job.error"), HasSubstr("terraform validate"));
  // Terraform wraps its lines.
  EXPECT_THAT(StrReplaceAll(version.Text("job.error"), "\n", " "), HasSubstr(said));
  const Reply logs = simulated_.Get(StrCat("/templateversions/", version.Text("id"), "/logs"));
  ASSERT_NE(logs.body.AsArray(), nullptr) << logs.text;
  const Json& last = logs.body.AsArray()->back();
  EXPECT_EQ(*last.Find("log_level")->AsString(), "error");
  EXPECT_THAT(StrReplaceAll(*last.Find("output")->AsString(), "\n", " "), HasSubstr(said));
}

TEST_F(CoderImport, ProvidersThatAreNotInTheMirrorCannotBeHad) {
  TemplateFiles files = FolderFiles(TemplatesFolder() / "code");
  files["other.tf"] = "resource \"other_thing\" \"one\" {}\n";
  const Reply version = simulated_.Import(files);
  EXPECT_EQ(version.Text("job.status"), "failed");
  EXPECT_THAT(version.Text("job.error"), HasSubstr("terraform init"));
  EXPECT_THAT(version.Text("job.error"), HasSubstr("hashicorp/other"));
}

}  // namespace
}  // namespace ameide::acceptance
