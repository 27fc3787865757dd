#include "acceptance/schema_provider/schema_service.h"

#include "gtest/gtest.h"
#include "provider/wire/values_proto.h"

namespace ameide::acceptance {
namespace {

using framework::Type;
using framework::Value;

RecordedProvider Sample() {
  return ReadRecording(R"({"provider_schemas":{"h/n/t":{
      "provider":{"block":{"attributes":{"url":{"type":"string","optional":true}}}},
      "resource_schemas":{"thing":{"version":2,"block":{"attributes":{
        "id":{"type":"string","computed":true},"name":{"type":"string","required":true}}}}},
      "data_source_schemas":{"look":{"block":{"attributes":{
        "seen":{"type":"string","computed":true}}}}}}}})")
      .value();
}

class Service : public ::testing::Test {
 protected:
  const RecordedProvider recorded_ = Sample();
  const Type thing_ = recorded_.resources.at("thing").type;
  SchemaService service_{recorded_, {}};
};

TEST_F(Service, AnnouncesTheRecording) {
  tfplugin6::GetProviderSchema::Response response;
  EXPECT_TRUE(service_.GetProviderSchema(nullptr, nullptr, &response).ok());
  EXPECT_EQ(response.provider().block().attributes(0).name(), "url");
  EXPECT_EQ(response.resource_schemas().at("thing").version(), 2);
  EXPECT_TRUE(response.data_source_schemas().contains("look"));
}

TEST_F(Service, PlansAppliesAndReadsBack) {
  const Value named = Value::Object(thing_, {{"name", Value::String("x")}});
  tfplugin6::PlanResourceChange::Request plan;
  plan.set_type_name("thing");
  ASSERT_TRUE(wire::ToProto(named, thing_, plan.mutable_proposed_new_state()).ok());
  tfplugin6::PlanResourceChange::Response planned;
  service_.PlanResourceChange(nullptr, &plan, &planned);
  EXPECT_EQ(wire::FromProto(planned.planned_state(), thing_)->Dump(),
            "{id = unknown, name = \"x\"}");

  tfplugin6::ApplyResourceChange::Request apply;
  apply.set_type_name("thing");
  *apply.mutable_planned_state() = planned.planned_state();
  tfplugin6::ApplyResourceChange::Response applied;
  service_.ApplyResourceChange(nullptr, &apply, &applied);
  EXPECT_EQ(wire::FromProto(applied.new_state(), thing_)->Dump(),
            "{id = \"thing.id\", name = \"x\"}");

  tfplugin6::ReadResource::Request read;
  read.set_type_name("thing");
  *read.mutable_current_state() = applied.new_state();
  tfplugin6::ReadResource::Response again;
  service_.ReadResource(nullptr, &read, &again);
  EXPECT_EQ(again.new_state().msgpack(), applied.new_state().msgpack());
}

TEST_F(Service, TakesStoredStateInJson) {
  tfplugin6::UpgradeResourceState::Request request;
  request.set_type_name("thing");
  request.mutable_raw_state()->set_json(R"({"id":"1","name":"x"})");
  tfplugin6::UpgradeResourceState::Response response;
  service_.UpgradeResourceState(nullptr, &request, &response);
  EXPECT_EQ(wire::FromProto(response.upgraded_state(), thing_)->Dump(),
            "{id = \"1\", name = \"x\"}");
}

TEST_F(Service, RefusesTypesThatAreNotRecorded) {
  tfplugin6::ValidateResourceConfig::Request request;
  request.set_type_name("other");
  tfplugin6::ValidateResourceConfig::Response response;
  EXPECT_TRUE(service_.ValidateResourceConfig(nullptr, &request, &response).ok());
  ASSERT_EQ(response.diagnostics_size(), 1);
  EXPECT_EQ(response.diagnostics(0).summary(), "Type not recorded");
}

TEST_F(Service, RefusesValuesOfAnotherShape) {
  tfplugin6::ValidateResourceConfig::Request request;
  request.set_type_name("thing");
  const Value wrong = Value::Object({{"name", Value::Bool(true)}});
  ASSERT_TRUE(wire::ToProto(wrong, wrong.type(), request.mutable_config()).ok());
  tfplugin6::ValidateResourceConfig::Response response;
  EXPECT_TRUE(service_.ValidateResourceConfig(nullptr, &request, &response).ok());
  EXPECT_EQ(response.diagnostics_size(), 1);
}

}  // namespace
}  // namespace ameide::acceptance
