// The gRPC service tfplugin6.Provider (6.11) over a framework::Server: every method decodes, calls
// and encodes, and nothing more.
//
// gRPC calls the methods from many threads at once, and they block as long as the server does (the
// synchronous API; Terraform runs ten calls at a time). Every problem travels as a diagnostic with
// status OK (H-38): an error status would lose the rest of the answer. What this provider does not
// have (functions, actions, …) is answered with an error that names the type. Only the
// experimental state stores are left unimplemented.
#pragma once

#include "provider/framework/server.h"
#include "provider/proto/tfplugin6.grpc.pb.h"

namespace ameide::wire {

class ProviderService final : public tfplugin6::Provider::Service {
 public:
  // `server` must outlive the service.
  explicit ProviderService(framework::Server& server) : server_(server) {}

// The unary methods differ in their message only.
#define AMEIDE_UNARY(method, message)                                                   \
  grpc::Status method(grpc::ServerContext*, const tfplugin6::message::Request* request, \
                      tfplugin6::message::Response* response) override;
  AMEIDE_UNARY(GetMetadata, GetMetadataRpc)
  AMEIDE_UNARY(GetProviderSchema, GetProviderSchema)
  AMEIDE_UNARY(GetResourceIdentitySchemas, GetResourceIdentitySchemas)
  AMEIDE_UNARY(GetFunctions, GetFunctions)

  AMEIDE_UNARY(ValidateProviderConfig, ValidateProviderConfig)
  AMEIDE_UNARY(ConfigureProvider, ConfigureProvider)
  AMEIDE_UNARY(StopProvider, StopProvider)

  AMEIDE_UNARY(ValidateResourceConfig, ValidateResourceConfig)
  AMEIDE_UNARY(UpgradeResourceState, UpgradeResourceState)
  AMEIDE_UNARY(UpgradeResourceIdentity, UpgradeResourceIdentity)
  AMEIDE_UNARY(ReadResource, ReadResource)
  AMEIDE_UNARY(PlanResourceChange, PlanResourceChange)
  AMEIDE_UNARY(ApplyResourceChange, ApplyResourceChange)
  AMEIDE_UNARY(ImportResourceState, ImportResourceState)

  AMEIDE_UNARY(ValidateDataResourceConfig, ValidateDataResourceConfig)
  AMEIDE_UNARY(ReadDataSource, ReadDataSource)

  AMEIDE_UNARY(MoveResourceState, MoveResourceState)
  AMEIDE_UNARY(GenerateResourceConfig, GenerateResourceConfig)
  AMEIDE_UNARY(ValidateEphemeralResourceConfig, ValidateEphemeralResourceConfig)
  AMEIDE_UNARY(OpenEphemeralResource, OpenEphemeralResource)
  AMEIDE_UNARY(RenewEphemeralResource, RenewEphemeralResource)
  AMEIDE_UNARY(CloseEphemeralResource, CloseEphemeralResource)
  AMEIDE_UNARY(ValidateListResourceConfig, ValidateListResourceConfig)
  AMEIDE_UNARY(CallFunction, CallFunction)
  AMEIDE_UNARY(ValidateActionConfig, ValidateActionConfig)
  AMEIDE_UNARY(PlanAction, PlanAction)
#undef AMEIDE_UNARY

  grpc::Status ListResource(grpc::ServerContext*, const tfplugin6::ListResource::Request* request,
                            grpc::ServerWriter<tfplugin6::ListResource::Event>* writer) override;
  grpc::Status InvokeAction(grpc::ServerContext*, const tfplugin6::InvokeAction::Request* request,
                            grpc::ServerWriter<tfplugin6::InvokeAction::Event>* writer) override;

 private:
  framework::Server& server_;
};

}  // namespace ameide::wire
