// The files of a release, installed as Terraform does it from a mirror on disk.
#include "acceptance/terraform_cli.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

#if defined(__aarch64__)
constexpr char kPlatform[] = "linux_arm64";
#else
constexpr char kPlatform[] = "linux_amd64";
#endif

class PackageTest : public ::testing::Test {
 protected:
  std::string Run(std::vector<std::string> argv, const fs::path& folder) {
    const std::string what = StrJoin(argv, " ");
    const auto run = RunCommand({.argv = std::move(argv),
                                 .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                                 {"HOME", dir_.path().string()},
                                                 {"TMPDIR", dir_.path().string()},
                                                 {"TF_CLI_CONFIG_FILE", config_.string()},
                                                 {"CHECKPOINT_DISABLE", "1"}},
                                 .directory = folder},
                                {.timeout = Millis(240'000)}, SystemClock());
    EXPECT_TRUE(run.ok() && run->status.Success())
        << what << "\n"
        << (run.ok() ? run->out + run->err : run.error().ToString());
    return run.ok() ? run->out : "";
  }
  fs::path Made(const std::string& name) {
    Run({AMEIDE_SOURCE_DIR "/provider/release-files",
         AMEIDE_BUILD_DIR "/bin/terraform-provider-ameide", "1.2.3", kPlatform, name},
        dir_.path());
    return dir_.path() / name;
  }
  void InstallFrom(const fs::path& mirror) {
    SCOPED_TRACE(mirror);
    const fs::path project = mirror.string() + "-project";
    MakeDirectories(project).value();
    WriteFileAtomically(project / "main.tf",
                        "terraform {\n  required_providers {\n    ameide = {\n"
                        "      source  = \"registry.example.test/ameideio/ameide\"\n"
                        "      version = \"1.2.3\"\n    }\n  }\n}\n"
                        "data \"ameide_profile\" \"code\" {\n  name = \"code\"\n}\n")
        .value();
    WriteFileAtomically(config_,
                        StrCat("provider_installation {\n  filesystem_mirror {\n    path = \"",
                               mirror.string(), "\"\n  }\n}\n"))
        .value();
    EXPECT_THAT(Run({TerraformProgram(), "init", "-no-color", "-input=false"}, project),
                HasSubstr("Installed registry.example.test/ameideio/ameide v1.2.3"));
    EXPECT_THAT(ReadFile(project / ".terraform.lock.hcl", 1 << 20).value(), HasSubstr("\"h1:"));
    EXPECT_THAT(Run({TerraformProgram(), "plan", "-no-color"}, project),
                HasSubstr("data.ameide_profile.code: Read complete"));
  }

  ameide::testing::TempDir dir_;
  const fs::path config_ = dir_.path() / "cli.tfrc";
};

TEST_F(PackageTest, TerraformInstallsAReleaseFromAMirror) {
  ASSERT_FALSE(TerraformProgram().empty()) << "terraform is missing";
  const fs::path made = Made("made");
  const std::string zip = StrCat("terraform-provider-ameide_1.2.3_", kPlatform, ".zip");
  const std::string sums =
      ReadFile(made / "terraform-provider-ameide_1.2.3_SHA256SUMS", 4096).value();
  EXPECT_THAT(sums, HasSubstr(StrCat("  ", zip, "\n")));
  EXPECT_THAT(sums, HasSubstr("  terraform-provider-ameide_1.2.3_manifest.json\n"));
  Run({"sha256sum", "--check", "--strict", "terraform-provider-ameide_1.2.3_SHA256SUMS"}, made);
  const Json manifest =
      ParseJson(ReadFile(made / "terraform-provider-ameide_1.2.3_manifest.json", 4096).value())
          .value();
  EXPECT_EQ(manifest.Dump(), R"({"version":1,"metadata":{"protocol_versions":["6.0"]}})");
  EXPECT_EQ(ReadFile(Made("again") / "terraform-provider-ameide_1.2.3_SHA256SUMS", 4096).value(),
            sums);

  const fs::path packed = dir_.path() / "packed/registry.example.test/ameideio/ameide";
  MakeDirectories(packed).value();
  fs::copy_file(made / zip, packed / zip);
  InstallFrom(dir_.path() / "packed");
  const fs::path unpacked =
      dir_.path() / "unpacked/registry.example.test/ameideio/ameide/1.2.3" / kPlatform;
  MakeDirectories(unpacked).value();
  Run({"cmake", "-E", "tar", "xf", (made / zip).string()}, unpacked);
  InstallFrom(dir_.path() / "unpacked");
}

}  // namespace
}  // namespace ameide::acceptance
