// The shapes that the server's own tests do not have: maps of objects, and nesting in nesting.
#include "provider/framework/plan_rules.h"

#include "gtest/gtest.h"

namespace ameide::framework {
namespace {

// hooks = map of {command (replaces), exit_code (computed), steps = list of {run, pin, log}}
std::vector<Attribute> Hooks() {
  const NestedAttributes steps = {
      .mode = Nesting::kList,
      .attributes = {
          {.name = "run", .type = Type::String(), .required = true},
          {.name = "pin", .type = Type::String(), .optional = true, .write_only = true},
          {.name = "log", .type = Type::String(), .computed = true, .unknown_on_update = true}}};
  const NestedAttributes hooks = {
      .mode = Nesting::kMap,
      .attributes = {{.name = "command",
                      .type = Type::String(),
                      .required = true,
                      .on_change = OnChange::kReplace},
                     {.name = "exit_code", .type = Type::Number(), .computed = true},
                     {.name = "steps", .nested = steps, .optional = true}}};
  return {{.name = "hooks", .nested = hooks, .optional = true}};
}

Type HookType() { return TypeOf(Hooks()).attributes().at("hooks").element(); }
Type StepType() { return HookType().attributes().at("steps").element(); }
Value Text(const char* text) { return Value::String(text); }

Value Step(const char* run, Value::Entries more = {}) {
  more.emplace("run", Text(run));
  return Value::Object(StepType(), std::move(more));
}
Value Hook(const char* command, Value::Entries more = {}) {
  more.emplace("command", Text(command));
  return Value::Object(HookType(), std::move(more));
}
Value Steps(Value::Elements steps) { return Value::List(StepType(), std::move(steps)); }
Value Root(Value::Entries hooks) {
  return Value::Object({{"hooks", Value::Map(HookType(), std::move(hooks))}});
}
Value Done() {
  return Hook("make", {{"exit_code", Value::Number(0)},
                       {"steps", Steps({Step("a", {{"log", Text("l-a")}})})}});
}
std::string Replacing(const Value& config, const Value& prior) {
  std::string text;
  const Value planned = PlanValue(Hooks(), config, prior, config);
  for (const Path& path : ReplacingPaths(Hooks(), config, prior, planned)) {
    text += path.ToString() + " ";
  }
  return text;
}

TEST(PlanRules, ANewKeyOfAMapHasNothingComputedYet) {
  const Value config =
      Root({{"old", Hook("make", {{"steps", Steps({Step("a")})}})}, {"new", Hook("test")}});
  const Value proposed = Root({{"old", Done()}, {"new", Hook("test")}});
  EXPECT_EQ(PlanValue(Hooks(), config, Root({{"old", Done()}}), proposed).Dump(),
            "{hooks = {"
            "\"new\" = {command = \"test\", exit_code = unknown, steps = null}, "
            "\"old\" = {command = \"make\", exit_code = 0, "
            "steps = [{log = unknown, pin = null, run = \"a\"}]}}}");
}

TEST(PlanRules, WriteOnlyValuesDeepInsideAreNoDifference) {  // P-6, S-10
  const Value pinned = Step("a", {{"pin", Text("1234")}});
  const Value config = Root({{"old", Hook("make", {{"steps", Steps({pinned})}})}});
  const Value prior = Root({{"old", Done()}});
  EXPECT_EQ(PlanValue(Hooks(), config, prior, prior), prior);
}

TEST(PlanRules, ANullObjectAndAnUnknownOneStayWhatTheyAre) {
  const Type type = TypeOf(Hooks()).attributes().at("hooks");
  for (const Value& hooks : {Value::Null(type), Value::Unknown(type)}) {
    const Value config = Value::Object({{"hooks", hooks}});
    EXPECT_EQ(PlanValue(Hooks(), config, Root({}), config), config);
  }
  const Value unknown_hook = Root({{"k", Value::Unknown(HookType())}});
  EXPECT_EQ(PlanValue(Hooks(), unknown_hook, Root({}), unknown_hook), unknown_hook);
}

TEST(PlanRules, ReplacementNamesTheKeyOrElseTheMap) {  // P-8
  const Value prior = Root({{"k", Hook("make")}});
  EXPECT_EQ(Replacing(Root({{"k", Hook("test")}}), prior), "hooks[\"k\"].command ");
  EXPECT_EQ(Replacing(Root({{"l", Hook("make")}}), prior), "hooks ");
  EXPECT_EQ(Replacing(Root({}), prior), "hooks ");
  EXPECT_EQ(Replacing(Root({{"k", Hook("make", {{"steps", Steps({Step("a")})}})}}), prior), "");
  EXPECT_EQ(Replacing(Root({{"k", Value::Unknown(HookType())}}), prior), "hooks ");
}

TEST(PlanRules, AReplacingObjectLooksAtWhatIsConfiguredInIt) {  // P-8
  std::vector<Attribute> attributes = Hooks();
  attributes[0].on_change = OnChange::kReplace;
  const auto replaces = [&](const Value& config, const Value& prior, const Value& planned) {
    return !ReplacingPaths(attributes, config, prior, planned).empty();
  };
  const Value config = Root({{"k", Hook("make")}});
  const Value prior = Root({{"k", Hook("make", {{"exit_code", Value::Number(0)}})}});
  const Value rerun = Root({{"k", Hook("make", {{"exit_code", Value::Unknown(Type::Number())}})}});
  EXPECT_FALSE(replaces(config, prior, rerun));
  EXPECT_TRUE(replaces(Root({{"k", Hook("test")}}), prior, Root({{"k", Hook("test")}})));
}

TEST(PlanRules, WhatOnlyTheUpdateDecidesAsksForNoReplacement) {  // P-8
  const std::vector<Attribute> attributes = {
      {.name = "size", .type = Type::Number(), .optional = true},
      {.name = "zone",
       .type = Type::String(),
       .optional = true,
       .computed = true,
       .on_change = OnChange::kReplace,
       .unknown_on_update = true}};
  const auto make = [](int size, Value zone) {
    return Value::Object({{"size", Value::Number(size)}, {"zone", std::move(zone)}});
  };
  const Value prior = make(1, Text("z"));
  const Value config = make(2, Value::Null(Type::String()));
  const Value planned = PlanValue(attributes, config, prior, make(2, Text("z")));
  EXPECT_EQ(planned.Dump(), "{size = 2, zone = unknown}");
  EXPECT_TRUE(ReplacingPaths(attributes, config, prior, planned).empty());
  const Value chosen = make(2, Value::Unknown(Type::String()));
  EXPECT_EQ(ReplacingPaths(attributes, chosen, prior, chosen), std::vector<Path>{Path("zone")});
}

}  // namespace
}  // namespace ameide::framework
