#include <utility>

#include "provider/framework/server_support.h"

namespace ameide::framework {

ResourceResponse Server::ReadResource(const ReadResourceRequest& request) const {
  // what the answer leaves out is lost, so everything is echoed first.
  ResourceResponse echo = {.state = request.state,
                           .private_data = request.private_data,
                           .identity = request.identity,
                           .diagnostics = {}};
  return Guarded("ReadResource", request.type_name, log_, std::move(echo),
                 &ResourceResponse::diagnostics, [&](ResourceResponse& response) {
                   Diagnostics& diagnostics = response.diagnostics;
                   const ServedResource* served = FindResource(request.type_name, diagnostics);
                   if (served == nullptr || request.state.IsNull()) return;
                   if (!served->identity_type) response.identity.reset();
                   const ReadResult result = served->entry.resource->Read(
                       NewContext(), {.state = request.state,
                                      .private_data = request.private_data,
                                      .identity = request.identity});
                   diagnostics.Append(result.diagnostics);
                   // in doubt the object still exists; a lost state means a duplicate later.
                   if (diagnostics.HasErrors()) return;
                   response.state =
                       FitState(*served, "Read", result.state, request.state, diagnostics);
                   if (response.state.IsNull()) {
                     response.identity.reset();
                     return;
                   }
                   if (diagnostics.HasErrors()) response.state = request.state;
                   if (result.private_data) response.private_data = *result.private_data;
                   response.identity =
                       FitIdentity(*served, "Read", result.identity, request.identity, diagnostics);
                 });
}

}  // namespace ameide::framework
