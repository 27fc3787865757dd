#include "acceptance/schema_provider/schema_service.h"

#include "acceptance/schema_provider/schema_messages.h"
#include "acceptance/schema_provider/stand_in_values.h"
#include "provider/wire/service_support.h"

namespace ameide::acceptance {
namespace {

using framework::Diagnostics;
using framework::Value;

const RecordedSchema* Find(const RecordedProvider::Schemas& schemas, const std::string& type_name,
                           Diagnostics& diagnostics) {
  const auto found = schemas.find(type_name);
  if (found != schemas.end()) return &found->second;
  diagnostics.AddError("Type not recorded", StrCat("The recording has no \"", type_name, "\"."));
  return nullptr;
}

// Runs `body(schema, diagnostics)` for the request's type. A method without an answer of its own
// has nothing to say but whether the values could be read.
template <class Request, class Response, class Body>
grpc::Status ForType(const RecordedProvider::Schemas& schemas, const Request& request,
                     Response* response, const Body& body) {
  wire::Answer(response, [&](Diagnostics& diagnostics) {
    const RecordedSchema* schema = Find(schemas, request.type_name(), diagnostics);
    if (schema != nullptr) body(*schema, diagnostics);
  });
  return grpc::Status::OK;
}

}  // namespace

// One definition per method needs the three names only once.
#define AMEIDE_METHOD(method)                                                                    \
  grpc::Status SchemaService::method(grpc::ServerContext*,                                       \
                                     [[maybe_unused]] const tfplugin6::method::Request* request, \
                                     [[maybe_unused]] tfplugin6::method::Response* response)

AMEIDE_METHOD(GetProviderSchema) {
  response->mutable_server_capabilities()->set_get_provider_schema_optional(true);
  ToProto(provider_.provider, response->mutable_provider());
  for (const auto& [name, schema] : provider_.resources) {
    ToProto(schema, &(*response->mutable_resource_schemas())[name]);
  }
  for (const auto& [name, schema] : provider_.data_sources) {
    ToProto(schema, &(*response->mutable_data_source_schemas())[name]);
  }
  return grpc::Status::OK;
}

AMEIDE_METHOD(GetResourceIdentitySchemas) { return grpc::Status::OK; }
AMEIDE_METHOD(GetFunctions) { return grpc::Status::OK; }
AMEIDE_METHOD(StopProvider) { return grpc::Status::OK; }

AMEIDE_METHOD(ValidateProviderConfig) {
  wire::Answer(response, [&](Diagnostics& diagnostics) {
    wire::Decode(request->config(), provider_.provider.type, diagnostics);
  });
  return grpc::Status::OK;
}

AMEIDE_METHOD(ConfigureProvider) {
  wire::Answer(response, [&](Diagnostics& diagnostics) {
    wire::Decode(request->config(), provider_.provider.type, diagnostics);
  });
  return grpc::Status::OK;
}

AMEIDE_METHOD(ValidateResourceConfig) {
  return ForType(provider_.resources, *request, response, [&](const auto& schema, auto& problems) {
    wire::Decode(request->config(), schema.type, problems);
  });
}

AMEIDE_METHOD(ValidateDataResourceConfig) {
  return ForType(provider_.data_sources, *request, response,
                 [&](const auto& schema, auto& problems) {
                   wire::Decode(request->config(), schema.type, problems);
                 });
}

AMEIDE_METHOD(ReadDataSource) {
  return ForType(provider_.data_sources, *request, response,
                 [&](const auto& schema, auto& problems) {
                   const Value config = wire::Decode(request->config(), schema.type, problems);
                   wire::Encode(DataSourceState(request->type_name(), schema, config, environment_),
                                schema.type, response->mutable_state(), problems);
                 });
}

AMEIDE_METHOD(UpgradeResourceState) {
  return ForType(provider_.resources, *request, response, [&](const auto& schema, auto& problems) {
    wire::Encode(wire::Decode(request->raw_state(), schema.type, problems), schema.type,
                 response->mutable_upgraded_state(), problems);
  });
}

AMEIDE_METHOD(ReadResource) {
  return ForType(provider_.resources, *request, response, [&](const auto&, auto&) {
    *response->mutable_new_state() = request->current_state();
  });
}

AMEIDE_METHOD(PlanResourceChange) {
  return ForType(provider_.resources, *request, response, [&](const auto& schema, auto& problems) {
    const Value proposed = wire::Decode(request->proposed_new_state(), schema.type, problems);
    wire::Encode(PlannedState(schema, proposed), schema.type, response->mutable_planned_state(),
                 problems);
  });
}

AMEIDE_METHOD(ApplyResourceChange) {
  return ForType(provider_.resources, *request, response, [&](const auto& schema, auto& problems) {
    const Value planned = wire::Decode(request->planned_state(), schema.type, problems);
    wire::Encode(AppliedState(request->type_name(), schema, planned), schema.type,
                 response->mutable_new_state(), problems);
  });
}
#undef AMEIDE_METHOD

}  // namespace ameide::acceptance
