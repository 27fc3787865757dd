// The calls about data sources. Deferral is never answered (D-3).
#include "provider/wire/provider_service.h"
#include "provider/wire/service_support.h"

namespace ameide::wire {

using framework::Diagnostics;
using framework::ServedDataSource;

grpc::Status ProviderService::ValidateDataResourceConfig(
    grpc::ServerContext*, const tfplugin6::ValidateDataResourceConfig::Request* request,
    tfplugin6::ValidateDataResourceConfig::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedDataSource* served = server_.FindDataSource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const auto config = Decode(request->config(), served->type, diagnostics);
    if (diagnostics.HasErrors()) return;
    diagnostics.Append(
        server_.ValidateDataSource({.type_name = request->type_name(), .config = config}));
  });
  return grpc::Status::OK;
}

grpc::Status ProviderService::ReadDataSource(grpc::ServerContext*,
                                             const tfplugin6::ReadDataSource::Request* request,
                                             tfplugin6::ReadDataSource::Response* response) {
  Answer(response, [&](Diagnostics& diagnostics) {
    const ServedDataSource* served = server_.FindDataSource(request->type_name(), diagnostics);
    if (served == nullptr) return;
    const auto config = Decode(request->config(), served->type, diagnostics);
    if (diagnostics.HasErrors()) return;
    const auto answer =
        server_.ReadDataSource({.type_name = request->type_name(), .config = config});
    diagnostics.Append(answer.diagnostics);
    Encode(answer.state, served->type, response->mutable_state(), diagnostics);
  });
  return grpc::Status::OK;
}

}  // namespace ameide::wire
