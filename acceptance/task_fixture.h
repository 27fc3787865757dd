// What the tests of ameide_task share: a project, a repository, and a resource block around a few
// lines.
#pragma once

#include <string>

#include "acceptance/terraform_cli.h"
#include "acceptance/test_repository.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {

class TaskTest : public ::testing::Test {
 protected:
  TaskTest() : repository_(project_.folder() / "origin repository") {}

  void SetUp() override {
    ASSERT_FALSE(TerraformProgram().empty()) << "terraform is missing: install Terraform 1.11 or "
                                                "OpenTofu 1.11, or leave these tests out "
                                                "with ctest -LE terraform";
  }

  // The resource with profile code, this repository, `sh -c script`, and `more` lines.
  void WriteTask(const std::string& script, const std::string& more = "") {
    WriteCommand(R"(["sh", "-c", file("${path.module}/script.sh")])", more);
    WriteFileAtomically(project_.folder() / "script.sh", script).value();
  }
  void WriteCommand(const std::string& command, const std::string& more = "") {
    project_.Write(
        "resource \"ameide_task\" \"t\" {\n  profile = \"code\"\n  repository = { url = \"" +
            repository_.path().string() + "\" }\n  command = " + command + "\n  " + more + "\n}\n",
        "repositories = [\"*\"]");
  }

  std::string Text(const std::string& name) {
    const Json state = project_.State();
    const Json* value = state.Find(name);
    return value != nullptr && value->AsString() != nullptr ? *value->AsString() : "";
  }
  std::string EvidenceFile(const std::string& name) {
    const Json state = project_.State();
    const Json* evidence = state.Find("evidence");
    if (evidence == nullptr || evidence->Find("directory") == nullptr) return "";
    const Result<std::string> bytes =
        ReadFile(fs::path(*evidence->Find("directory")->AsString()) / name, 256u << 20);
    return bytes.ok() ? *bytes : "";
  }
  void ExpectNothingLeft() { EXPECT_THAT(project_.Leftovers(), ::testing::IsEmpty()); }

  TerraformProject project_;
  TestRepository repository_;
};

}  // namespace ameide::acceptance
