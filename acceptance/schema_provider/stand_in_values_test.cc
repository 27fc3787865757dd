#include "acceptance/schema_provider/stand_in_values.h"

#include "base/digest.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using framework::Type;
using framework::Value;

RecordedProvider Sample() {
  return ReadRecording(R"({"provider_schemas":{"h/n/t":{"provider":{"block":{}},
    "resource_schemas":{"thing":{"block":{
      "attributes":{"id":{"type":"string","computed":true,"optional":true},
                    "size":{"type":"number","computed":true},
                    "tags":{"type":["list","string"],"computed":true},
                    "shape":{"type":["object",{"a":"bool"}],"computed":true},
                    "note":{"type":"string","optional":true}},
      "block_types":{
        "part":{"nesting_mode":"list","block":{
          "attributes":{"name":{"type":"string","required":true},
                        "token":{"type":"string","computed":true}},
          "block_types":{"bit":{"nesting_mode":"set","block":{
            "attributes":{"on":{"type":"bool","computed":true}}}}}}},
        "timeouts":{"nesting_mode":"single","block":{
          "attributes":{"create":{"type":"string","optional":true}}}}}}}},
    "data_source_schemas":{
      "coder_workspace":{"block":{"attributes":{
        "id":{"type":"string","computed":true},"start_count":{"type":"number","computed":true},
        "name":{"type":"string","computed":true},"transition":{"type":"string","computed":true},
        "access_url":{"type":"string","computed":true},
        "access_port":{"type":"number","computed":true},
        "template_id":{"type":"string","computed":true},
        "template_name":{"type":"string","computed":true},
        "template_version":{"type":"string","computed":true},
        "is_prebuild":{"type":"bool","computed":true}}}},
      "coder_parameter":{"block":{"attributes":{
        "id":{"type":"string","computed":true},"name":{"type":"string","required":true},
        "default":{"type":"string","optional":true},"optional":{"type":"bool","computed":true},
        "value":{"type":"string","computed":true}}}}}}}})")
      .value();
}

Value Thing(const RecordedSchema& schema, const Value& id) {
  const Type& part = schema.type.attributes().at("part").element();
  const Type& bit = part.attributes().at("bit").element();
  const Value one_part = Value::Object(
      part, {{"name", Value::String("p")}, {"bit", Value::Set(bit, {Value::Object(bit, {})})}});
  return Value::Object(schema.type, {{"id", id}, {"part", Value::List(part, {one_part})}});
}

TEST(StandInValues, PlanLeavesComputedValuesOpenAlsoInsideBlocks) {
  const RecordedProvider provider = Sample();
  const RecordedSchema& schema = provider.resources.at("thing");
  EXPECT_EQ(PlannedState(schema, Thing(schema, Value::Null(Type::String()))).Dump(),
            "{id = unknown, note = null, part = [{bit = set[{on = unknown}], name = \"p\", "
            "token = unknown}], shape = unknown, size = unknown, tags = unknown, timeouts = null}");
}

TEST(StandInValues, PlanKeepsWhatIsKnown) {
  const RecordedProvider provider = Sample();
  const RecordedSchema& schema = provider.resources.at("thing");
  const Value planned = PlannedState(schema, Thing(schema, Value::String("mine")));
  EXPECT_EQ(planned.Attribute("id"), Value::String("mine"));
}

TEST(StandInValues, ApplyMakesEverythingKnownAndChangesNothingElse) {
  const RecordedProvider provider = Sample();
  const RecordedSchema& schema = provider.resources.at("thing");
  const Value planned = PlannedState(schema, Thing(schema, Value::Null(Type::String())));
  const Value applied = AppliedState("thing", schema, planned);
  EXPECT_EQ(applied.Dump(),
            "{id = \"thing.id\", note = null, part = [{bit = set[{on = false}], name = \"p\", "
            "token = \"thing.token\"}], shape = null, size = 0, tags = [], timeouts = null}");
  EXPECT_EQ(PlannedState(schema, applied).Attribute("id"), applied.Attribute("id"));
}

TEST(StandInValues, DestroyStaysNull) {
  const RecordedProvider provider = Sample();
  const RecordedSchema& schema = provider.resources.at("thing");
  EXPECT_TRUE(PlannedState(schema, Value::Null(schema.type)).IsNull());
  EXPECT_TRUE(AppliedState("thing", schema, Value::Null(schema.type)).IsNull());
}

TEST(StandInValues, WorkspaceIsStartedUnlessTheBuildStopsIt) {
  const RecordedProvider provider = Sample();
  const RecordedSchema& schema = provider.data_sources.at("coder_workspace");
  const auto read = [&](const Environment& environment) {
    return DataSourceState("coder_workspace", schema, Value::Object(schema.type, {}), environment);
  };
  EXPECT_EQ(read({}).Attribute("start_count"), Value::Number(1));
  EXPECT_EQ(read({}).Attribute("transition"), Value::String("start"));
  EXPECT_EQ(read({}).Attribute("is_prebuild"), Value::Bool(false));
  EXPECT_TRUE(read({}).WhollyKnown());
  const Value stopped = read({{"CODER_WORKSPACE_TRANSITION", "stop"}});
  EXPECT_EQ(stopped.Attribute("start_count"), Value::Number(0));
}

TEST(StandInValues, ParameterIsItsVariableElseItsDefaultElseEmpty) {
  const RecordedProvider provider = Sample();
  const RecordedSchema& schema = provider.data_sources.at("coder_parameter");
  const auto read = [&](const Value& preset, const Environment& environment) {
    const Value config =
        Value::Object(schema.type, {{"name", Value::String("ttl")}, {"default", preset}});
    return DataSourceState("coder_parameter", schema, config, environment);
  };
  const Value none = Value::Null(Type::String());
  const Environment given = {{StrCat("CODER_PARAMETER_", Sha256Hex("ttl")), "900"}};
  EXPECT_EQ(read(none, {}).Attribute("value"), Value::String(""));
  EXPECT_EQ(read(none, {}).Attribute("optional"), Value::Bool(false));
  EXPECT_EQ(read(Value::String("600"), {}).Attribute("value"), Value::String("600"));
  EXPECT_EQ(read(Value::String("600"), {}).Attribute("optional"), Value::Bool(true));
  EXPECT_EQ(read(Value::String("600"), given).Attribute("value"), Value::String("900"));
}

}  // namespace
}  // namespace ameide::acceptance
