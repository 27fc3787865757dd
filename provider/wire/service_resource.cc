// The calls about managed resources. Deferral is never answered (D-3), the legacy type system never
// claimed (P-13).
#include "provider/wire/provider_service.h"
#include "provider/wire/service_support.h"

namespace ameide::wire {

using framework::Diagnostics;
using framework::ServedResource;

grpc::Status ProviderService::ValidateResourceConfig(
    grpc::ServerContext*, const tfplugin6::ValidateResourceConfig::Request* request,
    tfplugin6::ValidateResourceConfig::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedResource* served = server_.FindResource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const auto config = Decode(request->config(), served->type, diagnostics);
    if (diagnostics.HasErrors()) return;
    diagnostics.Append(server_.ValidateResource(
        {.type_name = request->type_name(),
         .config = config,
         .write_only_allowed = request->client_capabilities().write_only_attributes_allowed()}));
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::UpgradeResourceState(
    grpc::ServerContext*, const tfplugin6::UpgradeResourceState::Request* request,
    tfplugin6::UpgradeResourceState::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedResource* served = server_.FindResource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const auto answer = server_.UpgradeState({.type_name = request->type_name(),
                                              .version = request->version(),
                                              .stored = [&](const framework::Type& type) {
                                                return FromProto(request->raw_state(), type);
                                              }});
    diagnostics.Append(answer.diagnostics);
    Encode(answer.value, served->type, response->mutable_upgraded_state(), diagnostics);
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::UpgradeResourceIdentity(
    grpc::ServerContext*, const tfplugin6::UpgradeResourceIdentity::Request* request,
    tfplugin6::UpgradeResourceIdentity::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedResource* served = server_.FindResource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const auto answer = server_.UpgradeIdentity({.type_name = request->type_name(),
                                                 .version = request->version(),
                                                 .stored = [&](const framework::Type& type) {
                                                   return FromProto(request->raw_identity(), type);
                                                 }});
    diagnostics.Append(answer.diagnostics);
    if (!served->identity_type) return;
    Encode(answer.value, *served->identity_type,
           response->mutable_upgraded_identity()->mutable_identity_data(), diagnostics);
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::ReadResource(grpc::ServerContext*,
                                           const tfplugin6::ReadResource::Request* request,
                                           tfplugin6::ReadResource::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedResource* served = server_.FindResource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    framework::ReadResourceRequest read = {
        .type_name = request->type_name(),
        .state = Decode(request->current_state(), served->type, diagnostics),
        .private_data = request->private_(),
        .identity = DecodeIdentity(*served, request->current_identity(), diagnostics)};
    if (diagnostics.HasErrors()) return;
    const auto answer = server_.ReadResource(read);
    diagnostics.Append(answer.diagnostics);
    Encode(answer.state, served->type, response->mutable_new_state(), diagnostics);
    response->set_private_(answer.private_data);
    if (!answer.identity) return;
    Encode(*answer.identity, *served->identity_type,
           response->mutable_new_identity()->mutable_identity_data(), diagnostics);
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::PlanResourceChange(
    grpc::ServerContext*, const tfplugin6::PlanResourceChange::Request* request,
    tfplugin6::PlanResourceChange::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedResource* served = server_.FindResource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const framework::PlanResourceRequest plan = {
        .type_name = request->type_name(),
        .prior = Decode(request->prior_state(), served->type, diagnostics),
        .proposed = Decode(request->proposed_new_state(), served->type, diagnostics),
        .config = Decode(request->config(), served->type, diagnostics),
        .prior_private = request->prior_private(),
        .prior_identity = DecodeIdentity(*served, request->prior_identity(), diagnostics)};
    if (diagnostics.HasErrors()) return;
    const auto answer = server_.PlanResource(plan);
    diagnostics.Append(answer.diagnostics);
    Encode(answer.planned, served->type, response->mutable_planned_state(), diagnostics);
    response->set_planned_private(answer.planned_private);
    for (const auto& path : answer.requires_replace) {
      ToProto(path, response->add_requires_replace());
    }
    if (!answer.planned_identity) return;
    Encode(*answer.planned_identity, *served->identity_type,
           response->mutable_planned_identity()->mutable_identity_data(), diagnostics);
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::ApplyResourceChange(
    grpc::ServerContext*, const tfplugin6::ApplyResourceChange::Request* request,
    tfplugin6::ApplyResourceChange::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedResource* served = server_.FindResource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const framework::ApplyResourceRequest apply = {
        .type_name = request->type_name(),
        .prior = Decode(request->prior_state(), served->type, diagnostics),
        .planned = Decode(request->planned_state(), served->type, diagnostics),
        .config = Decode(request->config(), served->type, diagnostics),
        .planned_private = request->planned_private(),
        .planned_identity = DecodeIdentity(*served, request->planned_identity(), diagnostics)};
    if (diagnostics.HasErrors()) {
      // Nothing was done: what Terraform believes now must still hold after this answer.
      *response->mutable_new_state() = request->prior_state();
      response->set_private_(request->planned_private());
      return;
    }
    const auto answer = server_.ApplyResource(apply);
    diagnostics.Append(answer.diagnostics);
    Encode(answer.state, served->type, response->mutable_new_state(), diagnostics);
    response->set_private_(answer.private_data);
    if (!answer.identity) return;
    Encode(*answer.identity, *served->identity_type,
           response->mutable_new_identity()->mutable_identity_data(), diagnostics);
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::ImportResourceState(
    grpc::ServerContext*, const tfplugin6::ImportResourceState::Request* request,
    tfplugin6::ImportResourceState::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedResource* served = server_.FindResource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const framework::ImportResourceRequest import = {
        .type_name = request->type_name(),
        .id = request->id(),
        .identity = DecodeIdentity(*served, request->identity(), diagnostics)};
    if (diagnostics.HasErrors()) return;
    const auto answer = server_.ImportResource(import);
    diagnostics.Append(answer.diagnostics);
    if (diagnostics.HasErrors()) return;
    auto* imported = response->add_imported_resources();
    imported->set_type_name(request->type_name());
    Encode(answer.state, served->type, imported->mutable_state(), diagnostics);
    imported->set_private_(answer.private_data);
    if (!answer.identity) return;
    Encode(*answer.identity, *served->identity_type,
           imported->mutable_identity()->mutable_identity_data(), diagnostics);
  });
  return grpc::Status::OK;
}

}  // namespace ameide::wire
