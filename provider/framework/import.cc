#include "base/strings.h"
#include "provider/framework/server_support.h"

namespace ameide::framework {

ResourceResponse Server::ImportResource(const ImportResourceRequest& request) const {
  return Guarded(
      "ImportResourceState", request.type_name, log_, ResourceResponse(),
      &ResourceResponse::diagnostics, [&](ResourceResponse& response) {
        Diagnostics& diagnostics = response.diagnostics;
        const ServedResource* served = FindResource(request.type_name, diagnostics);
        if (served == nullptr) return;
        response.state = Value::Null(served->type);
        if (!served->entry.import) {
          diagnostics.AddError("Resource cannot be imported",
                               StrCat("Objects of type ", request.type_name,
                                      " come into being by an apply only. Remove the import "
                                      "and let Terraform create the object."));
          return;
        }
        const ImportResult result =
            served->entry.import(NewContext(), {.id = request.id, .identity = request.identity});
        diagnostics.Append(result.diagnostics);
        if (diagnostics.HasErrors()) return;
        if (result.state.IsNull()) {
          diagnostics.AddError("Object to import not found",
                               StrCat("There is no ", request.type_name, " with the id \"",
                                      request.id, "\". Check the id."));
          return;
        }
        response.state = FitState(*served, "Import", result.state, response.state, diagnostics);
        response.private_data = result.private_data.value_or("");
        response.identity =
            FitIdentity(*served, "Import", result.identity, request.identity, diagnostics);
      });
}

}  // namespace ameide::framework
