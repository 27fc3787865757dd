#include "task/coder/template_archive.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::coder {
namespace {

using ::testing::HasSubstr;

class PackTemplateTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& bytes) {
    MakeDirectories((folder() / path).parent_path()).value();
    WriteFileAtomically(folder() / path, bytes).value();
  }
  fs::path folder() const { return temp_.path() / "template"; }
  TemplateArchive Pack(const std::map<std::string, std::string>& variables = {}) {
    return PackTemplate(folder(), variables).value();
  }
  std::string Refusal() { return PackTemplate(folder(), {}).error().ToString(); }
  testing::TempDir temp_;
};

TEST_F(PackTemplateTest, HoldsTheFilesSortedAndLeavesOutWhatCoderDoes) {
  for (const char* path :
       {"task.sh", "main.tf", "k8s/policy.yaml", ".terraform/plugins", ".ameide-generated",
        ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup", "terraform.tfvars",
        "mine.auto.tfvars", "mine.auto.tfvars.json", "k8s/.hidden"}) {
    Write(path, path);
  }
  WriteFileAtomically(temp_.path() / "a.tar", Pack().tar).value();
  const auto listed = RunCommand({.argv = {"tar", "-tf", (temp_.path() / "a.tar").string()},
                                  .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}}},
                                 {.timeout = Millis(20'000)}, SystemClock());
  ASSERT_TRUE(listed.ok()) << listed.error().ToString();
  EXPECT_EQ(listed->out, "k8s/policy.yaml\nmain.tf\ntask.sh\n");
}

TEST_F(PackTemplateTest, TheNameIsMadeOfContentAndVariablesAlone) {
  Write("main.tf", "a");
  const TemplateArchive first = Pack();
  EXPECT_EQ(first.version_name, "gen-" + first.digest.substr(0, 12));
  fs::last_write_time(folder() / "main.tf", fs::file_time_type());
  fs::permissions(folder() / "main.tf", fs::perms::owner_all);
  Write(".notes", "mine");
  EXPECT_EQ(Pack().tar, first.tar);
  EXPECT_EQ(Pack().digest, first.digest);

  const std::string with = Pack({{"agent_image", "x"}}).digest;
  EXPECT_NE(with, first.digest);
  EXPECT_NE(Pack({{"agent_image", "y"}}).digest, with);
  EXPECT_NE(Pack({{"agent", "imagex"}}).digest, with);
  Write("main.tf", "b");
  EXPECT_NE(Pack().digest, first.digest);
}

TEST(IsVersionOf, KnowsNumbersBehindTheName) {
  const TemplateArchive archive{"", "", "gen-0123"};
  EXPECT_TRUE(IsVersionOf(archive, "gen-0123"));
  EXPECT_TRUE(IsVersionOf(archive, "gen-0123.2"));
  EXPECT_FALSE(IsVersionOf(archive, "gen-01234"));
  EXPECT_FALSE(IsVersionOf(archive, "gen-012"));
  EXPECT_FALSE(IsVersionOf(archive, ""));
}

TEST_F(PackTemplateTest, RefusesWhatIsNoTemplate) {
  EXPECT_THAT(Refusal(), HasSubstr("No such file"));
  MakeDirectories(folder()).value();
  EXPECT_THAT(Refusal(), HasSubstr("no *.tf file"));
  Write("modules/main.tf", "x");
  EXPECT_THAT(Refusal(), HasSubstr("no *.tf file"));
  Write("main.tf", "x");
  fs::create_symlink("/etc/passwd", folder() / "task.sh");
  EXPECT_THAT(Refusal(), HasSubstr("no regular file"));
}

TEST_F(PackTemplateTest, RefusesMoreThanCoderTakes) {
  Write("main.tf", "x");
  Write("big", std::string(kMaxTemplateBytes / 2, 'x'));
  EXPECT_LT(Pack().tar.size(), kMaxTemplateBytes);
  Write("bigger", std::string(kMaxTemplateBytes / 2, 'x'));
  EXPECT_THAT(Refusal(), HasSubstr("more than 1048576 bytes"));
  Write("bigger", std::string(kMaxTemplateBytes + 1, 'x'));
  EXPECT_NE(Refusal(), "");
}

}  // namespace
}  // namespace ameide::coder
