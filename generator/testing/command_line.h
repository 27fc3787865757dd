// The program's commands as a shell would call them, in this process.
#pragma once

#include "base/environment.h"
#include "base/files.h"
#include "generator/cli.h"
#include "generator/commands/commands.h"
#include "gtest/gtest.h"

namespace ameide::generator::testing {

inline Outcome Cli(const std::vector<std::string>& arguments) {
  static const std::vector<Command> kCommands = [] {
    std::vector<Command> commands = Commands();
    commands.push_back(CompletionCommand(commands));
    return commands;
  }();
  const auto parsed = ParseCommandLine(kCommands, arguments, "1.2.3");
  const auto* invocation = std::get_if<Invocation>(&parsed);
  if (invocation == nullptr) return std::get<Outcome>(parsed);
  const SystemClock clock;
  const Context context{.clock = clock,
                        .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}},
                        .version = "1.2.3"};
  return invocation->command->run(invocation->arguments, context);
}

inline void Put(const fs::path& file, std::string_view text) {
  ASSERT_TRUE(MakeDirectories(file.parent_path()).ok());
  ASSERT_TRUE(WriteFileAtomically(file, text).ok());
}

inline std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace ameide::generator::testing
