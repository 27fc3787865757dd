// The built program itself: signals, files and exit codes as a caller sees them.
#pragma once

#include <string>
#include <vector>

#include "base/strings.h"
#include "base/subprocess.h"
#include "task/agent/testing/task_fixture.h"

namespace ameide::task::testing {

class AgentProgram : public TaskFixture {
 protected:
  AgentProgram()
      : spec_file_((temp_.path() / "spec.json").string()),
        contract_file_((temp_.path() / "task.json").string()) {}

  void WriteInputs() {
    ASSERT_TRUE(WriteFileAtomically(spec_file_, ToJson(spec_).DumpPretty()).ok());
    ASSERT_TRUE(WriteFileAtomically(contract_file_, ToJson(profile_).DumpPretty()).ok());
  }
  std::vector<std::string> Arguments(const std::string& kind) const {
    return {kind,
            "--spec",
            spec_file_,
            "--contract",
            contract_file_,
            "--workspace",
            options_.workspace.string(),
            "--evidence",
            options_.evidence.string()};
  }
  SpawnOptions Program(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {StrCat(AMEIDE_BUILD_DIR, "/bin/ameide-agent"), "task", "run"});
    return {.argv = std::move(arguments), .environment = options_.environment};
  }
  CommandResult Call(std::vector<std::string> arguments) {
    Result<CommandResult> result = RunCommand(Program(std::move(arguments)), {}, clock_);
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().ToString());
    return result.ok() ? *result : CommandResult{};
  }

  std::string spec_file_;
  std::string contract_file_;
};

}  // namespace ameide::task::testing
