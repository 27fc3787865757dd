// The calls about the provider as a whole.
#include "provider/wire/provider_service.h"
#include "provider/wire/schema_proto.h"
#include "provider/wire/service_support.h"

namespace ameide::wire {

using framework::Diagnostics;

namespace {

void SetCapabilities(tfplugin6::ServerCapabilities* capabilities) {
  capabilities->set_plan_destroy(true);
  // Later processes of one command are then not asked for the schema again (H-41).
  capabilities->set_get_provider_schema_optional(true);
}

}  // namespace

grpc::Status ProviderService::GetMetadata(grpc::ServerContext*,
                                          const tfplugin6::GetMetadataRpc::Request*,
                                          tfplugin6::GetMetadataRpc::Response* response) {
  SetCapabilities(response->mutable_server_capabilities());
  for (const auto& [name, served] : server_.resources()) {
    response->add_resources()->set_type_name(name);
  }
  for (const auto& [name, served] : server_.data_sources()) {
    response->add_data_sources()->set_type_name(name);
  }
  return grpc::Status::OK;
}

grpc::Status ProviderService::GetProviderSchema(grpc::ServerContext*,
                                                const tfplugin6::GetProviderSchema::Request*,
                                                tfplugin6::GetProviderSchema::Response* response) {
  Answer(response, [&](Diagnostics&) {
    SetCapabilities(response->mutable_server_capabilities());
    ToProto(server_.definition().schema, response->mutable_provider());
    for (const auto& [name, served] : server_.resources()) {
      ToProto(served.schema, &(*response->mutable_resource_schemas())[name]);
    }
    for (const auto& [name, served] : server_.data_sources()) {
      ToProto(served.schema, &(*response->mutable_data_source_schemas())[name]);
    }
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::GetResourceIdentitySchemas(
    grpc::ServerContext*, const tfplugin6::GetResourceIdentitySchemas::Request*,
    tfplugin6::GetResourceIdentitySchemas::Response* response) {
  Answer(response, [&](Diagnostics&) {
    for (const auto& [name, served] : server_.resources()) {
      if (!served.entry.identity) continue;
      ToProto(*served.entry.identity, &(*response->mutable_identity_schemas())[name]);
    }
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::GetFunctions(grpc::ServerContext*,
                                           const tfplugin6::GetFunctions::Request*,
                                           tfplugin6::GetFunctions::Response*) {
  return grpc::Status::OK;  // there are none
}

grpc::Status ProviderService::ValidateProviderConfig(
    grpc::ServerContext*, const tfplugin6::ValidateProviderConfig::Request* request,
    tfplugin6::ValidateProviderConfig::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const auto config = Decode(request->config(), server_.provider_type(), diagnostics);
    if (!diagnostics.HasErrors()) diagnostics.Append(server_.ValidateProvider(config));
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::ConfigureProvider(
    grpc::ServerContext*, const tfplugin6::ConfigureProvider::Request* request,
    tfplugin6::ConfigureProvider::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const auto config = Decode(request->config(), server_.provider_type(), diagnostics);
    if (diagnostics.HasErrors()) return;
    diagnostics.Append(
        server_.Configure({.config = config, .terraform_version = request->terraform_version()}));
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::StopProvider(grpc::ServerContext*,
                                           const tfplugin6::StopProvider::Request*,
                                           tfplugin6::StopProvider::Response*) {
  server_.Stop();  // the empty error text of the answer means success
  return grpc::Status::OK;
}

}  // namespace ameide::wire
