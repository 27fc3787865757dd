// `cmake --install`, as whoever packages us and whoever uses the HCL library meet it.
#include <gmock/gmock.h>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

class InstallTest : public ::testing::Test {
 protected:
  // What it printed; a failure is the test's.
  std::string Run(std::vector<std::string> argv) {
    const std::string what = StrJoin(argv, " ");
    const auto run = RunCommand({.argv = std::move(argv),
                                 .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                                                 {"HOME", dir_.path().string()}},
                                 .directory = dir_.path()},
                                {.timeout = Millis(200'000)}, SystemClock());
    EXPECT_TRUE(run.ok() && run->status.Success()) << what << "\n"
                                                   << (run.ok() ? run->out + run->err : "");
    return run.ok() ? run->out : "";
  }

  void Install(const std::string& component) {
    Run({"cmake", "--install", AMEIDE_BUILD_DIR, "--component", component, "--prefix",
         prefix_.string()});
  }

  ameide::testing::TempDir dir_;
  const fs::path prefix_ = dir_.path() / "prefix";
};

TEST_F(InstallTest, ThereAreFourProgramsAndPeoplesKnowTheirVersion) {
  Install("programs");
  std::vector<std::string> programs;
  for (const auto& entry : fs::directory_iterator(prefix_ / "bin")) {
    programs.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(programs,
              ::testing::UnorderedElementsAre("ameide-agent", "ameide-launcher", "ameide-templates",
                                              "terraform-provider-ameide"));
  for (const char* program : {"ameide-agent", "ameide-launcher", "ameide-templates"}) {
    EXPECT_THAT(Run({(prefix_ / "bin" / program).string(), "--version"}),
                ::testing::HasSubstr(AMEIDE_VERSION))
        << program;
  }
}

TEST_F(InstallTest, AStrangersProgramFindsAndUsesTheHclLibrary) {
  Install("hcl");
  const std::string build = (dir_.path() / "build").string();
  // Our archives may hold sanitizers' calls, so whoever links them needs the same flags.
  Run({"cmake", "-S", StrCat(AMEIDE_SOURCE_DIR, "/examples/hcl"), "-B", build, "-G", "Ninja",
       StrCat("-DCMAKE_PREFIX_PATH=", prefix_.string()),
       StrCat("-DCMAKE_CXX_COMPILER=", AMEIDE_CXX_COMPILER),
       StrCat("-DCMAKE_CXX_FLAGS=", AMEIDE_CXX_FLAGS)});
  Run({"cmake", "--build", build});
  EXPECT_EQ(Run({build + "/write_hcl"}),
            "locals {\n"
            "  said = \"Hello $${world}\"\n"
            "  home = \"/home/${var.user}\"\n"
            "}\n");
}

}  // namespace
}  // namespace ameide::acceptance
