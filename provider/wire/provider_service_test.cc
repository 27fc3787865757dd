// The service through real gRPC calls: what goes in and out on the wire.
#include "provider/wire/provider_service.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "provider/wire/testing/service_fixture.h"

namespace ameide::wire {
namespace {

using framework::ChangeResult;
using framework::Type;
using framework::Value;
using framework::testing::Identity;
using framework::testing::NoThing;
using framework::testing::Text;
using framework::testing::Thing;
using ::testing::HasSubstr;
using testing::Pack;
using testing::Stub;
using testing::Unpack;

Value UnpackThing(const tfplugin6::DynamicValue& proto) { return Unpack(proto, NoThing().type()); }

class ProviderServiceTest : public testing::ServiceFixture {};

struct Totals {
  int messages = 0, fields = 0, enums = 0, values = 0;
  void Add(const google::protobuf::Descriptor& message) {
    if (message.options().map_entry()) return;
    ++messages;
    fields += message.field_count();
    for (int i = 0; i < message.enum_type_count(); ++i) Add(*message.enum_type(i));
    for (int i = 0; i < message.nested_type_count(); ++i) Add(*message.nested_type(i));
  }
  void Add(const google::protobuf::EnumDescriptor& type) {
    ++enums;
    values += type.value_count();
  }
};

TEST(Protocol, IsTheWholeOf6_11) {
  const auto* file = tfplugin6::Schema::descriptor()->file();
  Totals totals;
  for (int i = 0; i < file->message_type_count(); ++i) totals.Add(*file->message_type(i));
  for (int i = 0; i < file->enum_type_count(); ++i) totals.Add(*file->enum_type(i));
  EXPECT_EQ(file->package(), "tfplugin6");
  EXPECT_EQ(totals.messages, 143);
  EXPECT_EQ(totals.fields, 296);
  EXPECT_EQ(totals.enums, 5);
  EXPECT_EQ(totals.values, 20);
  ASSERT_EQ(file->service_count(), 1);
  EXPECT_EQ(file->service(0)->full_name(), "tfplugin6.Provider");
  EXPECT_EQ(file->service(0)->method_count(), 36);
}

TEST_F(ProviderServiceTest, GetProviderSchema) {  // S-1, S-17, V-11
  const auto response = Call(&Stub::GetProviderSchema, tfplugin6::GetProviderSchema::Request());
  EXPECT_TRUE(response.server_capabilities().plan_destroy());
  EXPECT_TRUE(response.server_capabilities().get_provider_schema_optional());
  EXPECT_FALSE(response.server_capabilities().move_resource_state());
  ASSERT_TRUE(response.provider().has_block());
  EXPECT_EQ(response.provider().block().attributes(0).type(), "\"string\"");
  const auto& schema = response.resource_schemas().at("test_thing");
  EXPECT_EQ(schema.version(), 2);
  EXPECT_EQ(schema.block().description_kind(), tfplugin6::MARKDOWN);
  const auto& attributes = schema.block().attributes();
  ASSERT_EQ(attributes.size(), 10);
  EXPECT_TRUE(attributes[0].computed());
  EXPECT_TRUE(attributes[5].write_only() && attributes[5].sensitive());
  EXPECT_EQ(attributes[6].type(), R"(["map","string"])");
  EXPECT_EQ(attributes[7].type(), "");  // S-6: either a type or a nested type
  EXPECT_EQ(attributes[7].nested_type().nesting(), tfplugin6::Schema::Object::SINGLE);
  EXPECT_EQ(attributes[8].nested_type().nesting(), tfplugin6::Schema::Object::LIST);
  EXPECT_EQ(attributes[8].nested_type().attributes(1).name(), "digest");
}

TEST_F(ProviderServiceTest, AnEmptyProviderSchemaStillHasItsBlock) {  // S-1
  provider.schema = {};
  const auto response = Call(&Stub::GetProviderSchema, tfplugin6::GetProviderSchema::Request());
  EXPECT_TRUE(response.has_provider());
  EXPECT_TRUE(response.provider().has_block());
}

TEST_F(ProviderServiceTest, GetMetadataAndFunctions) {
  const auto metadata = Call(&Stub::GetMetadata, tfplugin6::GetMetadataRpc::Request());
  ASSERT_EQ(metadata.resources_size(), 1);
  EXPECT_EQ(metadata.resources(0).type_name(), "test_thing");
  ASSERT_EQ(metadata.data_sources_size(), 1);
  EXPECT_EQ(metadata.data_sources(0).type_name(), "test_look");
  EXPECT_TRUE(metadata.server_capabilities().plan_destroy());
  EXPECT_EQ(Call(&Stub::GetFunctions, tfplugin6::GetFunctions::Request()).functions_size(), 0);
}

TEST_F(ProviderServiceTest, GetResourceIdentitySchemas) {
  const auto response =
      Call(&Stub::GetResourceIdentitySchemas, tfplugin6::GetResourceIdentitySchemas::Request());
  const auto& identity = response.identity_schemas().at("test_thing");
  ASSERT_EQ(identity.identity_attributes_size(), 1);
  EXPECT_EQ(identity.identity_attributes(0).type(), "\"string\"");
  EXPECT_TRUE(identity.identity_attributes(0).required_for_import());
}

TEST_F(ProviderServiceTest, ValidateAndConfigureTheProvider) {
  std::string seen;
  provider.configure = [&](const framework::Context&, const framework::ConfigureRequest& request,
                           framework::Diagnostics& diagnostics) {
    seen = request.config.Dump() + request.terraform_version;
    diagnostics.AddWarning("Old", "soon gone", framework::Path("url"));
  };
  tfplugin6::ConfigureProvider::Request request;
  request.set_terraform_version("1.11.4");
  request.mutable_config()->set_msgpack(std::string("\x81\xa3url\xd4\0\0", 8));
  const auto response = Call(&Stub::ConfigureProvider, request);
  EXPECT_EQ(seen, "{url = unknown}1.11.4");
  ASSERT_EQ(response.diagnostics_size(), 1);
  EXPECT_EQ(response.diagnostics(0).severity(), tfplugin6::Diagnostic::WARNING);
  EXPECT_EQ(response.diagnostics(0).attribute().steps(0).attribute_name(), "url");

  tfplugin6::ValidateProviderConfig::Request validate;
  validate.mutable_config()->set_json(R"({"url":"u"})");  // V-1: the fallback form
  EXPECT_EQ(Errors(Call(&Stub::ValidateProviderConfig, validate)), "");
}

TEST_F(ProviderServiceTest, ValidateResourceConfig) {  // V-23, S-11
  thing.validate = [](const framework::Context&, const Value&, framework::Diagnostics& out) {
    out.AddError("a", "b", framework::Path("files").Index(1).Attribute("path"));
    out.AddError("c", "d", framework::Path("tags").Key("k"));
    out.AddError("e", "f");
  };
  tfplugin6::ValidateResourceConfig::Request request;
  request.set_type_name("test_thing");
  request.mutable_config()->set_msgpack(Pack(Thing({{"name", Text("n")}, {"secret", Text("s")}})));
  request.mutable_client_capabilities()->set_write_only_attributes_allowed(true);
  const auto response = Call(&Stub::ValidateResourceConfig, request);
  ASSERT_EQ(response.diagnostics_size(), 3) << Errors(response);
  EXPECT_EQ(response.diagnostics(0).attribute().steps(1).element_key_int(), 1);
  EXPECT_EQ(response.diagnostics(1).attribute().steps(1).element_key_string(), "k");
  EXPECT_FALSE(response.diagnostics(2).has_attribute());
}

TEST_F(ProviderServiceTest, PlanResourceChange) {  // V-1, V-8
  const Value config = Thing({{"name", Text("n")}});
  tfplugin6::PlanResourceChange::Request request;
  request.set_type_name("test_thing");
  request.mutable_prior_state()->set_msgpack("\xc0");
  request.mutable_config()->set_msgpack(Pack(config));
  request.mutable_proposed_new_state()->set_msgpack(Pack(config));
  const auto response = Call(&Stub::PlanResourceChange, request);
  EXPECT_EQ(Errors(response), "");
  EXPECT_THAT(response.planned_state().msgpack(), HasSubstr(std::string("\xa2id\xd4\0\0", 6)));
  EXPECT_EQ(UnpackThing(response.planned_state()).Attribute("size").Dump(), "1");
  EXPECT_FALSE(response.legacy_type_system());
  EXPECT_FALSE(response.has_deferred());
  EXPECT_FALSE(response.has_planned_identity());
}

TEST_F(ProviderServiceTest, PlanNamesWhatNeedsReplacement) {
  const auto thing_named = [](const char* name) {
    return Thing({{"id", Text("i-1")}, {"name", Text(name)}, {"size", Value::Number(1)}});
  };
  tfplugin6::PlanResourceChange::Request request;
  request.set_type_name("test_thing");
  request.set_prior_private("p");
  request.mutable_prior_state()->set_msgpack(Pack(thing_named("old")));
  request.mutable_config()->set_msgpack(Pack(Thing({{"name", Text("new")}})));
  request.mutable_proposed_new_state()->set_msgpack(Pack(thing_named("new")));
  request.mutable_prior_identity()->mutable_identity_data()->set_msgpack(Pack(Identity("i-1")));
  const auto response = Call(&Stub::PlanResourceChange, request);
  ASSERT_EQ(response.requires_replace_size(), 1);
  EXPECT_EQ(response.requires_replace(0).steps(0).attribute_name(), "name");
  EXPECT_EQ(response.planned_private(), "p");
  EXPECT_EQ(Unpack(response.planned_identity().identity_data(), Identity("").type()),
            Identity("i-1"));
}

TEST_F(ProviderServiceTest, ApplyResourceChange) {  // A-3, A-4
  const Value made = Thing({{"id", Text("i-1")}, {"name", Text("n")}});
  thing.create = [&](const framework::Context&, const framework::CreateRequest&) {
    ChangeResult result = {.state = made, .private_data = "new", .identity = Identity("i-1")};
    result.diagnostics.AddError("Run", "exit code 1\xff");
    return result;
  };
  tfplugin6::ApplyResourceChange::Request request;
  request.set_type_name("test_thing");
  request.mutable_planned_state()->set_msgpack(Pack(made));
  request.mutable_config()->set_msgpack(Pack(made));
  const auto response = Call(&Stub::ApplyResourceChange, request);
  EXPECT_EQ(UnpackThing(response.new_state()), made);
  EXPECT_EQ(response.private_(), "new");
  EXPECT_EQ(Unpack(response.new_identity().identity_data(), Identity("").type()), Identity("i-1"));
  EXPECT_EQ(Errors(response), "Run: exit code 1\xEF\xBF\xBD\n");  // V-20
  EXPECT_FALSE(response.legacy_type_system());
}

TEST_F(ProviderServiceTest, AnApplyThatCannotBeReadChangesNothing) {
  const Value before = Thing({{"id", Text("i-1")}, {"name", Text("n")}});
  tfplugin6::ApplyResourceChange::Request request;
  request.set_type_name("test_thing");
  request.mutable_prior_state()->set_msgpack(Pack(before));
  request.mutable_planned_state()->set_msgpack("\x80");
  request.set_planned_private("kept");
  const auto response = Call(&Stub::ApplyResourceChange, request);
  EXPECT_THAT(Errors(response), HasSubstr("the attribute is missing"));
  EXPECT_EQ(UnpackThing(response.new_state()), before);
  EXPECT_EQ(response.private_(), "kept");
}

TEST_F(ProviderServiceTest, ReadResource) {  // R-4, R-5
  const Value stored = Thing({{"id", Text("i-1")}, {"name", Text("n")}});
  bool gone = false;
  thing.read = [&](const framework::Context&, const framework::ReadRequest& request) {
    return framework::ReadResult{.state = gone ? Value() : request.state};
  };
  tfplugin6::ReadResource::Request request;
  request.set_type_name("test_thing");
  request.set_private_("p");
  request.mutable_current_state()->set_msgpack(Pack(stored));
  request.mutable_current_identity()->mutable_identity_data()->set_msgpack(Pack(Identity("i-1")));
  const auto there = Call(&Stub::ReadResource, request);
  EXPECT_EQ(UnpackThing(there.new_state()), stored);
  EXPECT_EQ(there.private_(), "p");
  EXPECT_TRUE(there.has_new_identity());
  gone = true;
  const auto lost = Call(&Stub::ReadResource, request);
  EXPECT_EQ(lost.new_state().msgpack(), "\xc0");
  EXPECT_FALSE(lost.has_new_identity());
}

TEST_F(ProviderServiceTest, TypesWithoutIdentityNeverSendOne) {  // I-1
  with_identity = false;
  thing.read = [](const framework::Context&, const framework::ReadRequest& request) {
    return framework::ReadResult{.state = request.state, .identity = Identity("i-1")};
  };
  tfplugin6::ReadResource::Request request;
  request.set_type_name("test_thing");
  request.mutable_current_state()->set_msgpack(Pack(Thing({{"name", Text("n")}})));
  EXPECT_FALSE(Call(&Stub::ReadResource, request).has_new_identity());
  EXPECT_EQ(
      Call(&Stub::GetResourceIdentitySchemas, tfplugin6::GetResourceIdentitySchemas::Request())
          .identity_schemas_size(),
      0);
}

TEST_F(ProviderServiceTest, ImportResourceState) {  // I-1
  import = [](const framework::Context&, const framework::ImportRequest& request) {
    return framework::ImportResult{.state = Thing(
                                       {{ "id",
                                          Text(request.id) }}),
                                   .identity = Identity(request.id)};
};
tfplugin6::ImportResourceState::Request request;
request.set_type_name("test_thing");
request.set_id("i-7");
const auto response = Call(&Stub::ImportResourceState, request);
ASSERT_EQ(response.imported_resources_size(), 1) << Errors(response);
EXPECT_EQ(response.imported_resources(0).type_name(), "test_thing");
EXPECT_EQ(UnpackThing(response.imported_resources(0).state()), Thing({{"id", Text("i-7")}}));
EXPECT_TRUE(response.imported_resources(0).has_identity());
}  // namespace

TEST_F(ProviderServiceTest, AFailedImportAnswersNoResource) {
  tfplugin6::ImportResourceState::Request request;
  request.set_type_name("test_thing");
  request.set_id("i-7");
  const auto response = Call(&Stub::ImportResourceState, request);
  EXPECT_EQ(response.imported_resources_size(), 0);
  EXPECT_THAT(Errors(response), HasSubstr("cannot be imported"));
}

TEST_F(ProviderServiceTest, UpgradeResourceState) {  // R-1, R-2, V-18
  tfplugin6::UpgradeResourceState::Request request;
  request.set_type_name("test_thing");
  request.set_version(2);
  request.mutable_raw_state()->set_json(R"({"name":"n","size":1.5,"gone":true})");
  const auto same = Call(&Stub::UpgradeResourceState, request);
  EXPECT_EQ(Errors(same), "");
  EXPECT_EQ(
      UnpackThing(same.upgraded_state()),
      Thing({{"name", Text("n")}, {"size", Value::Number(*framework::Number::FromText("1.5"))}}));
  request.set_version(0);
  request.mutable_raw_state()->set_json(R"({"title":"t"})");
  EXPECT_EQ(UnpackThing(Call(&Stub::UpgradeResourceState, request).upgraded_state()),
            Thing({{"name", Text("t")}}));
  request.mutable_raw_state()->set_json("{");
  EXPECT_NE(Errors(Call(&Stub::UpgradeResourceState, request)), "");
  request.mutable_raw_state()->clear_json();
  (*request.mutable_raw_state()->mutable_flatmap())["title"] = "t";
  EXPECT_THAT(Errors(Call(&Stub::UpgradeResourceState, request)), HasSubstr("0.12"));
}

TEST_F(ProviderServiceTest, UpgradeResourceIdentity) {  // R-3
  tfplugin6::UpgradeResourceIdentity::Request request;
  request.set_type_name("test_thing");
  request.mutable_raw_identity()->set_json(R"({"id":"i-1"})");
  const auto response = Call(&Stub::UpgradeResourceIdentity, request);
  EXPECT_EQ(Errors(response), "");
  EXPECT_EQ(Unpack(response.upgraded_identity().identity_data(), Identity("").type()),
            Identity("i-1"));
}

TEST_F(ProviderServiceTest, StopProviderAnswersNoError) {  // X-2
  EXPECT_EQ(Call(&Stub::StopProvider, tfplugin6::StopProvider::Request()).error(), "");
}

TEST_F(ProviderServiceTest, UnknownResourceTypesAreNamed) {
  const auto expect_named = [&](auto method, auto request) {
    request.set_type_name("test_other");
    EXPECT_THAT(Errors(Call(method, request)), HasSubstr("test_other"));
  };
  expect_named(&Stub::ValidateResourceConfig, tfplugin6::ValidateResourceConfig::Request());
  expect_named(&Stub::UpgradeResourceState, tfplugin6::UpgradeResourceState::Request());
  expect_named(&Stub::UpgradeResourceIdentity, tfplugin6::UpgradeResourceIdentity::Request());
  expect_named(&Stub::ReadResource, tfplugin6::ReadResource::Request());
  expect_named(&Stub::PlanResourceChange, tfplugin6::PlanResourceChange::Request());
  expect_named(&Stub::ApplyResourceChange, tfplugin6::ApplyResourceChange::Request());
  expect_named(&Stub::ImportResourceState, tfplugin6::ImportResourceState::Request());
  expect_named(&Stub::ValidateDataResourceConfig, tfplugin6::ValidateDataResourceConfig::Request());
  expect_named(&Stub::ReadDataSource, tfplugin6::ReadDataSource::Request());
}

TEST_F(ProviderServiceTest, WhatThisProviderLacksIsAnErrorThatNamesIt) {
  const auto expect_refused = [&](auto method, auto request) {
    request.set_type_name("test_other");
    EXPECT_THAT(Errors(Call(method, request)), HasSubstr("test_other"));
  };
  expect_refused(&Stub::ValidateEphemeralResourceConfig,
                 tfplugin6::ValidateEphemeralResourceConfig::Request());
  expect_refused(&Stub::OpenEphemeralResource, tfplugin6::OpenEphemeralResource::Request());
  expect_refused(&Stub::RenewEphemeralResource, tfplugin6::RenewEphemeralResource::Request());
  expect_refused(&Stub::CloseEphemeralResource, tfplugin6::CloseEphemeralResource::Request());
  expect_refused(&Stub::ValidateListResourceConfig,
                 tfplugin6::ValidateListResourceConfig::Request());
  expect_refused(&Stub::ValidateActionConfig, tfplugin6::ValidateActionConfig::Request());
  expect_refused(&Stub::GenerateResourceConfig, tfplugin6::GenerateResourceConfig::Request());

  tfplugin6::MoveResourceState::Request move;
  move.set_source_type_name("other_thing");
  EXPECT_THAT(Errors(Call(&Stub::MoveResourceState, move)), HasSubstr("other_thing"));
  tfplugin6::PlanAction::Request plan;
  plan.set_action_type("test_act");
  EXPECT_THAT(Errors(Call(&Stub::PlanAction, plan)), HasSubstr("test_act"));
  tfplugin6::CallFunction::Request call;
  call.set_name("test_fn");
  EXPECT_THAT(Call(&Stub::CallFunction, call).error().text(), HasSubstr("test_fn"));
}

TEST_F(ProviderServiceTest, StreamsEndAfterOneRefusal) {  // N-3, Q-1
  grpc::ClientContext list_context;
  tfplugin6::ListResource::Request list;
  list.set_type_name("test_list");
  auto events = stub().ListResource(&list_context, list);
  tfplugin6::ListResource::Event listed;
  ASSERT_TRUE(events->Read(&listed));
  EXPECT_EQ(listed.diagnostic_size(), 1);
  EXPECT_FALSE(events->Read(&listed));
  EXPECT_TRUE(events->Finish().ok());

  grpc::ClientContext action_context;
  tfplugin6::InvokeAction::Request action;
  action.set_action_type("test_act");
  auto progress = stub().InvokeAction(&action_context, action);
  tfplugin6::InvokeAction::Event invoked;
  ASSERT_TRUE(progress->Read(&invoked));
  EXPECT_EQ(invoked.completed().diagnostics_size(), 1);
  EXPECT_FALSE(progress->Read(&invoked));
  EXPECT_TRUE(progress->Finish().ok());
}

TEST_F(ProviderServiceTest, OnlyStateStoresAreNotServed) {
  grpc::ClientContext context;
  tfplugin6::GetStates::Response response;
  EXPECT_EQ(stub().GetStates(&context, tfplugin6::GetStates::Request(), &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace ameide::wire
}  // namespace ameide::wire
