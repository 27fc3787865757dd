#include "provider/framework/data_source.h"

#include <utility>

#include "base/text.h"
#include "provider/framework/server_support.h"

namespace ameide::framework {
namespace {

// What was configured must come back unchanged (F-1), so nobody is asked for it. A nested attribute
// is configured or computed as a whole (CheckSchema).
Value WithConfigured(const Schema& schema, const Value& config, Value state) {
  for (const Attribute& attribute : schema.attributes) {
    const Value configured = config.Attribute(attribute.name);
    if (configured.IsNull() && attribute.computed) continue;
    state = state.WithAttribute(attribute.name, configured);
  }
  return state;
}

// Null with an error for what must not be sent.
Value Fit(const ServedDataSource& served, const Value& config, const Value& state,
          Diagnostics& diagnostics) {
  const std::string& name = served.entry.type_name;
  const Value nothing = Value::Null(served.type);
  if (!state.IsKnown() || !state.type().ConformsTo(served.type)) {
    diagnostics.AddBug("Provider produced an invalid answer",
                       StrCat("Reading ", name, " returned ",
                              state.IsKnown() ? state.type().ToString() : "nothing", " instead of ",
                              served.type.ToString(), "."));
    return nothing;
  }
  const Value whole = WithConfigured(served.schema, config, state);
  for (const Path& path : UnknownPaths(whole)) {
    diagnostics.AddBug("Provider left a value unknown",
                       StrCat("Reading ", name, " did not set ", path.ToString(), "."), path);
  }
  return diagnostics.HasErrors() ? nothing : whole;
}

}  // namespace

const ServedDataSource* Server::FindDataSource(std::string_view type_name,
                                               Diagnostics& diagnostics) const {
  const auto found = data_sources_.find(type_name);
  if (found != data_sources_.end()) return &found->second;
  diagnostics.AddError("Data source not supported",
                       StrCat("This provider has no data source ", Quote(type_name),
                              ". Use a provider version that has it."));
  return nullptr;
}

DataResult Server::ReadDataSource(const DataSourceRequest& request) const {
  return Guarded(
      "ReadDataSource", request.type_name, log_, DataResult(), &DataResult::diagnostics,
      [&](DataResult& response) {
        Diagnostics& diagnostics = response.diagnostics;
        const ServedDataSource* served = FindDataSource(request.type_name, diagnostics);
        if (served == nullptr) return;
        response.state = Value::Null(served->type);
        // Core asks again in the apply instead; deferring is another way that we never go (D-3).
        for (const Path& path : UnknownPaths(request.config)) {
          diagnostics.AddError("Value not known yet",
                               StrCat(request.type_name, " cannot be read before ", path.ToString(),
                                      " is known. Apply what it depends on first."),
                               path);
        }
        if (diagnostics.HasErrors()) return;
        const DataResult result = served->entry.data_source->Read(NewContext(), request.config);
        diagnostics.Append(result.diagnostics);
        if (diagnostics.HasErrors()) return;
        response.state = Fit(*served, request.config, result.state, diagnostics);
      });
}

}  // namespace ameide::framework
