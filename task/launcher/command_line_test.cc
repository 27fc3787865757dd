#include "task/launcher/command_line.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/launcher/commands.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

TEST(CommandLineTest, ReadsRunWithItsOptions) {
  const auto parsed = ParseCommandLine(
      {"run", "spec.json", "--retain", "on_failure", "--evidence", "out dir", "--json", "--state",
       "/s", "--allow-repository", "/a", "--allow-repository", "/b"},
      "1.2.3");
  ASSERT_TRUE(std::holds_alternative<CommandLine>(parsed)) << std::get<EarlyExit>(parsed).text;
  const CommandLine& line = std::get<CommandLine>(parsed);
  EXPECT_EQ(line.verb, CommandLine::Verb::kRun);
  EXPECT_EQ(line.spec_file, "spec.json");
  EXPECT_EQ(line.evidence, "out dir");
  EXPECT_EQ(line.retain, Retain::kOnFailure);
  EXPECT_EQ(line.allowed_repositories, (std::vector<std::string>{"/a", "/b"}));
  EXPECT_TRUE(line.json);
}

TEST(CommandLineTest, LeavesEarlyWithHelpVersionAndUsageErrors) {
  const std::pair<std::vector<std::string>, int> cases[] = {
      {{"--help"}, 0},
      {{"--version"}, 0},
      {{}, 2},
      {{"run"}, 2},
      {{"destroy"}, 2},
      {{"unknown"}, 2},
      {{"run", "s", "--retain", "sometimes"}, 2},
      {{"list", "--log", "loud"}, 2}};
  for (const auto& [arguments, code] : cases) {
    const auto parsed = ParseCommandLine(arguments, "1.2.3");
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed));
    EXPECT_EQ(std::get<EarlyExit>(parsed).code, code);
    EXPECT_FALSE(std::get<EarlyExit>(parsed).text.empty());
    // What is wrong is named.
    if (!arguments.empty() && code == 2) {
      EXPECT_THAT(std::get<EarlyExit>(parsed).text,
                  ::testing::AnyOf(HasSubstr(arguments.back()), HasSubstr("required")));
    }
  }
}

TEST(CommandLineTest, AnOptionThatTheBackendWouldNotLookAtIsNoOption) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"run", "s", "--template-version", "v"}, "--template-version means nothing"},
      {{"sweep", "--allow-orphan-delete"}, "--allow-orphan-delete means nothing"},
      {{"run", "s", "--backend", "coder", "--secrets-dir", "d"}, "--secrets-dir means nothing"},
      {{"run", "s", "--backend", "coder", "--bot-name", "B"}, "--bot-name means nothing"}};
  for (const auto& [arguments, said] : cases) {
    const auto parsed = ParseCommandLine(arguments, "1.2.3");
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed)) << said;
    EXPECT_EQ(std::get<EarlyExit>(parsed).code, 2);
    EXPECT_THAT(std::get<EarlyExit>(parsed).text, HasSubstr(said));
  }
  const auto good = ParseCommandLine(
      {"run", "s", "--backend", "coder", "--allow-orphan-delete", "--template-version", "v"}, "");
  EXPECT_TRUE(std::holds_alternative<CommandLine>(good));
}

TEST(CommandLineTest, AllInstallationsIsForSweepOnCoder) {
  const auto local = ParseCommandLine({"sweep", "--all-installations"}, "1.2.3");
  ASSERT_TRUE(std::holds_alternative<EarlyExit>(local));
  EXPECT_THAT(std::get<EarlyExit>(local).text, HasSubstr("--all-installations"));
  const auto sweep =
      ParseCommandLine({"--backend", "coder", "sweep", "--all-installations"}, "1.2.3");
  ASSERT_TRUE(std::holds_alternative<CommandLine>(sweep));
  EXPECT_TRUE(std::get<CommandLine>(sweep).all_installations);
}

TEST(ExitCodes, AreOnePerOutcome) {
  EXPECT_EQ(ExitCodeOf(Outcome::kSuccess), 0);
  EXPECT_EQ(ExitCodeOf(Outcome::kFailure), 1);
  EXPECT_EQ(ExitCodeOf(Outcome::kError), 3);
  EXPECT_EQ(ExitCodeOf(Outcome::kTimeout), 4);
  EXPECT_EQ(ExitCodeOf(Outcome::kCancellation), 5);
}

}  // namespace
}  // namespace ameide::task
