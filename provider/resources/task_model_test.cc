#include "provider/resources/task_model.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/framework/server.h"
#include "provider/resources/task_schema.h"

namespace ameide::framework {

void PrintTo(const Value& value, std::ostream* out) { *out << value.Dump(); }

}  // namespace ameide::framework

namespace ameide::resources {
namespace {

using framework::Type;
using framework::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Type StateType() { return framework::TypeOf(TaskSchema()); }

Value Strings(std::vector<std::string> texts) {
  Value::Elements elements;
  for (std::string& text : texts) elements.push_back(Value::String(std::move(text)));
  return Value::List(Type::String(), std::move(elements));
}

Value Nested(std::string_view name, Value::Entries entries) {
  return Value::Object(StateType().attributes().find(name)->second, std::move(entries));
}

Value Secrets(const std::string& name, const std::string& secret, const std::string& key) {
  const Type map = StateType().attributes().at("secrets");
  return Value::Map(map.element(),
                    {{name, Value::Object(map.element(), {{"secret", Value::String(secret)},
                                                          {"key", Value::String(key)}})}});
}

Value::Entries Minimal() {
  return {
      {"profile", Value::String("code")},
      {"repository", Nested("repository", {{"url", Value::String("https://git.invalid/r.git")}})},
      {"command", Strings({"make", "test"})}};
}

Value Config(Value::Entries more = {}) {
  Value::Entries entries = Minimal();
  for (auto& [name, value] : more) entries[name] = std::move(value);
  return Value::Object(StateType(), std::move(entries));
}

task::TaskRecord Record() {
  task::TaskRecord record;
  record.requested = *SpecFrom(Config(), "w-1").value;
  record.spec = record.requested;
  record.spec.run_id = "r-1";
  record.spec.ttl = Millis(45 * 60'000);
  record.backend = "local";
  record.workspace = {
      .name = "ameide-w-1-00000000", .location = "/w", .work_id = "w-1", .run_id = "r-1"};
  record.workspace_gone = true;
  record.evidence_directory = "/e/w-1/r-1";
  record.manifest_sha256 = std::string(64, 'a');
  record.result.work_id = "w-1";
  record.result.run_id = "r-1";
  record.result.profile = "code";
  record.result.state = task::TaskState::kCompleted;
  record.result.outcome = task::Outcome::kSuccess;
  record.result.exit_code = 0;
  record.result.artifact.summary = "fine";
  record.result.artifact.changed_files = {"services/a"};
  return record;
}

TEST(TaskModel, AMinimalConfigurationIsASpec) {
  const auto spec = SpecFrom(Config(), "w-1");
  ASSERT_TRUE(spec.ok()) << task::ToError(spec.problems, "", "").ToString();
  EXPECT_EQ(spec.value->work_id, "w-1");
  EXPECT_EQ(spec.value->kind, task::TaskKind::kRun);
  EXPECT_THAT(spec.value->command, ElementsAre("make", "test"));
}

TEST(TaskModel, EveryMemberArrives) {
  const auto spec = SpecFrom(
      Config({{"work_id", Value::String("mine")},
              {"kind", Value::String("patch")},
              {"ttl", Value::String("45m")},
              {"verify", Strings({"make", "verify"})},
              {"environment", Value::Map(Type::String(), {{"A", Value::String("b")},
                                                          {"directory", Value::String("d")}})},
              {"secrets", Secrets("TOKEN", "gh-auth", "token")},
              {"pull_request", Nested("pull_request", {{"branch", Value::String("agent/x")},
                                                       {"title", Value::String("A title")},
                                                       {"draft", Value::Bool(true)}})},
              {"timeouts", Nested("timeouts", {{"edit", Value::String("5m")}})},
              {"guardrails", Nested("guardrails", {{"deny_paths", Strings({"a/**"})},
                                                   {"max_file_bytes", Value::Number(9)},
                                                   {"allow_gitlinks", Value::Bool(true)}})},
              {"evidence", Nested("evidence", {{"paths", Strings({"out/**"})},
                                               {"directory", Value::String("/elsewhere")}})},
              {"context", Nested("context", {{"goal_ids", Strings({"g"})}})},
              {"triggers", Value::Map(Type::String(), {{"x", Value::String("y")}})},
              {"retain", Value::String("never")}}),
      "other");
  ASSERT_TRUE(spec.ok()) << task::ToError(spec.problems, "", "").ToString();
  EXPECT_EQ(spec.value->work_id, "mine");
  EXPECT_EQ(spec.value->kind, task::TaskKind::kPatch);
  EXPECT_EQ(spec.value->ttl, Millis(45 * 60'000));
  EXPECT_THAT(spec.value->verify, ElementsAre("make", "verify"));
  EXPECT_EQ(spec.value->environment.at("A"), "b");
  EXPECT_EQ(spec.value->environment.at("directory"), "d");
  EXPECT_EQ(spec.value->secrets.at("TOKEN"), (task::SecretReference{"gh-auth", "token"}));
  EXPECT_EQ(spec.value->pull_request,
            (task::PullRequest{
                .branch = "agent/x", .base = "", .title = "A title", .body = "", .draft = true}));
  EXPECT_EQ(spec.value->guardrails.max_file_bytes, 9u);
  EXPECT_EQ(spec.value->timeouts.edit, Millis(5 * 60'000));
  EXPECT_THAT(spec.value->guardrails.deny_paths, ElementsAre("a/**"));
  EXPECT_TRUE(spec.value->guardrails.allow_gitlinks);
  EXPECT_THAT(spec.value->evidence.paths, ElementsAre("out/**"));
  EXPECT_THAT(spec.value->context.goal_ids, ElementsAre("g"));
}

struct PathCase {
  const char* pointer;
  const char* path;
};

TEST(TaskModel, PointersBecomeAttributePaths) {
  const Value config =
      Config({{"environment", Value::Map(Type::String(), {{"a/b", Value::String("")}})}});
  constexpr PathCase kCases[] = {{"", ""},
                                 {"/ttl", "ttl"},
                                 {"/repository/url", "repository.url"},
                                 {"/command/1", "command[1]"},
                                 {"/command/9", "command"},
                                 {"/environment/a~1b", "environment[\"a/b\"]"},
                                 {"/guardrails/allow_paths/0", "guardrails"},
                                 {"/nonsense", ""}};
  for (const PathCase& c : kCases) EXPECT_EQ(PathOf(config, c.pointer).ToString(), c.path);
}

TEST(TaskModel, ProblemsCarryTheirPath) {
  const Value config = Config({{"ttl", Value::String("soon")}});
  framework::Diagnostics diagnostics;
  AddProblems(SpecFrom(config, "w").problems, config, diagnostics);
  EXPECT_THAT(diagnostics.Dump(), HasSubstr("error at ttl: "));
}

TEST(TaskModel, WhatIsUnknownIsNeverAProblem) {
  const Value config =
      Config({{"repository", Value::Unknown(StateType().attributes().at("repository"))},
              {"command", Value::Unknown(Type::List(Type::String()))},
              {"ttl", Value::Unknown(Type::String())},
              {"profile", Value::Unknown(Type::String())}});
  framework::Diagnostics diagnostics;
  AddProblems(SpecFrom(config, "w").problems, config, diagnostics);
  EXPECT_EQ(diagnostics.Dump(), "");
}

TEST(TaskModel, AnUnknownElementKeepsItsPlaceAndIsNoProblem) {
  const Value config =
      Config({{"command", Value::List(Type::String(),
                                      {Value::String("echo"), Value::Unknown(Type::String())})},
              {"repository", Nested("repository", {{"url", Value::Unknown(Type::String())}})}});
  framework::Diagnostics diagnostics;
  AddProblems(SpecFrom(config, "w").problems, config, diagnostics);
  EXPECT_EQ(diagnostics.Dump(), "");
}

TEST(TaskModel, TheStateIsWhollyKnownAndOfTheSchemasType) {
  Value::Entries planned = Minimal();
  for (const char* name : {"work_id", "kind", "ttl", "id", "run_id", "evidence", "workspace",
                           "artifact", "findings", "state", "outcome"}) {
    planned[name] = Value::Unknown(StateType().attributes().at(name));
  }
  planned["kind"] = Value::String("run");
  const Value state = StateFrom(Value::Object(StateType(), planned), Record());
  EXPECT_EQ(state.type(), StateType());
  EXPECT_TRUE(state.WhollyKnown()) << state.Dump();
  EXPECT_EQ(state.Attribute("id"), Value::String("w-1"));
  EXPECT_EQ(state.Attribute("ttl"), Value::String("45m"));
  EXPECT_EQ(state.Attribute("workspace").Attribute("gone"), Value::Bool(true));
  EXPECT_EQ(state.Attribute("artifact").Attribute("pr_url"), Value::Null(Type::String()));
}

TEST(TaskModel, ForeignBytesInAResultBecomeValidText) {
  task::TaskRecord record = Record();
  record.result.artifact.changed_files = {"services/\xff"};
  const Value state = StateFrom(Config(), record);
  EXPECT_EQ(state.Attribute("artifact").Attribute("changed_files"),
            Strings({"services/\xEF\xBF\xBD"}));
}

TEST(TaskModel, AnImportSaysWhatTheSpecSaid) {
  const Value state = ImportedState(Record());
  EXPECT_TRUE(state.WhollyKnown());
  EXPECT_EQ(state.Attribute("profile"), Value::String("code"));
  EXPECT_EQ(state.Attribute("repository").Attribute("url"),
            Value::String("https://git.invalid/r.git"));
  EXPECT_EQ(state.Attribute("command"), Strings({"make", "test"}));
  // What the configuration left out is left out here, too.
  for (const char* name : {"environment", "timeouts", "guardrails", "context"}) {
    EXPECT_TRUE(state.Attribute(name).IsNull()) << name;
  }
  EXPECT_TRUE(state.Attribute("repository").Attribute("submodules").IsNull());
  EXPECT_EQ(state.Attribute("kind"), Value::String("run"));
}

TEST(TaskModel, AnImportHasSecretsAndPullRequest) {
  task::TaskRecord record = Record();
  record.requested.ttl = record.spec.ttl;
  record.requested.verify = {"true"};
  record.requested.secrets = {{"directory", {"gh-auth", "token"}}};
  record.requested.pull_request =
      task::PullRequest{.branch = "agent/x", .base = "", .title = "t", .body = "", .draft = true};
  const Value state = ImportedState(record);
  EXPECT_EQ(state.Attribute("verify"), Strings({"true"}));
  EXPECT_EQ(state.Attribute("secrets"), Secrets("directory", "gh-auth", "token"));
  EXPECT_EQ(state.Attribute("pull_request").Attribute("branch"), Value::String("agent/x"));
  EXPECT_TRUE(state.Attribute("pull_request").Attribute("base").IsNull());
  const auto spec = SpecFrom(state, "w-1");
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(*spec.value, record.requested);
}

TEST(TaskModel, AnotherSpellingIsTheSameTask) {
  const Value hour = Config({{"ttl", Value::String("1h")}});
  EXPECT_TRUE(SameTask(hour, Config({{"ttl", Value::String("60m")}})));
  EXPECT_FALSE(SameTask(hour, Config({{"ttl", Value::String("61m")}})));
  EXPECT_FALSE(SameTask(hour, Config({{"ttl", Value::Unknown(Type::String())}})));
}

TEST(TaskModel, TheSchemaIsOneThatTerraformAccepts) {
  EXPECT_EQ(framework::CheckSchema(TaskSchema(), framework::SchemaUse::kResource).Dump(), "");
  EXPECT_EQ(framework::CheckSchema(TaskIdentitySchema()).Dump(), "");
}

}  // namespace
}  // namespace ameide::resources
