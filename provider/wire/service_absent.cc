// The calls about what this provider does not have. Terraform does not make them, because the
// schema lists nothing of the kind; whoever does gets an error that says so.
#include "provider/wire/provider_service.h"
#include "provider/wire/service_support.h"

namespace ameide::wire {
namespace {

framework::Diagnostics Absent(std::string_view kind, std::string_view name) {
  framework::Diagnostics diagnostics;
  diagnostics.AddError(
      StrCat(kind, " not supported"),
      StrCat("This provider does not support ", name, ". Use a provider version that does."));
  return diagnostics;
}

template <class Response>
grpc::Status Refuse(std::string_view kind, std::string_view name, Response* response) {
  ToProto(Absent(kind, name), response->mutable_diagnostics());
  return grpc::Status::OK;
}

}  // namespace

// One definition per method: what is missing and the request field that names it.
#define AMEIDE_ABSENT(method, kind, field)                                        \
  grpc::Status ProviderService::method(grpc::ServerContext*,                      \
                                       const tfplugin6::method::Request* request, \
                                       tfplugin6::method::Response* response) {   \
    return Refuse(kind, request->field(), response);                              \
  }
AMEIDE_ABSENT(MoveResourceState, "Moving from another resource type", source_type_name)
AMEIDE_ABSENT(GenerateResourceConfig, "Generating configuration", type_name)
AMEIDE_ABSENT(ValidateEphemeralResourceConfig, "Ephemeral resource", type_name)
AMEIDE_ABSENT(OpenEphemeralResource, "Ephemeral resource", type_name)
AMEIDE_ABSENT(RenewEphemeralResource, "Ephemeral resource", type_name)
AMEIDE_ABSENT(CloseEphemeralResource, "Ephemeral resource", type_name)
AMEIDE_ABSENT(ValidateListResourceConfig, "List resource", type_name)
AMEIDE_ABSENT(ValidateActionConfig, "Action", type_name)
AMEIDE_ABSENT(PlanAction, "Action", action_type)
#undef AMEIDE_ABSENT

grpc::Status ProviderService::CallFunction(grpc::ServerContext*,
                                           const tfplugin6::CallFunction::Request* request,
                                           tfplugin6::CallFunction::Response* response) {
  response->mutable_error()->set_text(
      StrCat("This provider has no function called ", request->name(), "."));
  return grpc::Status::OK;
}

grpc::Status ProviderService::ListResource(
    grpc::ServerContext*, const tfplugin6::ListResource::Request* request,
    grpc::ServerWriter<tfplugin6::ListResource::Event>* writer) {
  tfplugin6::ListResource::Event event;
  ToProto(Absent("List resource", request->type_name()), event.mutable_diagnostic());
  writer->Write(event);
  return grpc::Status::OK;
}

grpc::Status ProviderService::InvokeAction(
    grpc::ServerContext*, const tfplugin6::InvokeAction::Request* request,
    grpc::ServerWriter<tfplugin6::InvokeAction::Event>* writer) {
  // N-3: the stream must end with exactly one `completed`.
  tfplugin6::InvokeAction::Event event;
  ToProto(Absent("Action", request->action_type()),
          event.mutable_completed()->mutable_diagnostics());
  writer->Write(event);
  return grpc::Status::OK;
}

}  // namespace ameide::wire
