// The gRPC service tfplugin6.Provider (6.11) over a recorded schema: enough of a provider for
// Terraform to check, plan and apply a configuration against the schema, with nothing behind it.
//
// Methods that no recording needs stay unimplemented. Calls come from many threads; the service has
// no state that changes.
#pragma once

#include "acceptance/schema_provider/recorded_schema.h"
#include "base/environment.h"
#include "provider/proto/tfplugin6.grpc.pb.h"

namespace ameide::acceptance {

class SchemaService final : public tfplugin6::Provider::Service {
 public:
  SchemaService(RecordedProvider provider, Environment environment)
      : provider_(std::move(provider)), environment_(std::move(environment)) {}

#define AMEIDE_UNARY(method)                                                           \
  grpc::Status method(grpc::ServerContext*, const tfplugin6::method::Request* request, \
                      tfplugin6::method::Response* response) override;
  AMEIDE_UNARY(GetProviderSchema)
  AMEIDE_UNARY(GetResourceIdentitySchemas)
  AMEIDE_UNARY(GetFunctions)
  AMEIDE_UNARY(ValidateProviderConfig)
  AMEIDE_UNARY(ConfigureProvider)
  AMEIDE_UNARY(StopProvider)
  AMEIDE_UNARY(ValidateResourceConfig)
  AMEIDE_UNARY(ValidateDataResourceConfig)
  AMEIDE_UNARY(ReadDataSource)
  AMEIDE_UNARY(UpgradeResourceState)
  AMEIDE_UNARY(ReadResource)
  AMEIDE_UNARY(PlanResourceChange)
  AMEIDE_UNARY(ApplyResourceChange)
#undef AMEIDE_UNARY

 private:
  const RecordedProvider provider_;
  const Environment environment_;
};

}  // namespace ameide::acceptance
