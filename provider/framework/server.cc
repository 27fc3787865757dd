#include "provider/framework/server.h"

#include <set>
#include <utility>

#include "base/strings.h"
#include "base/text.h"
#include "provider/framework/server_support.h"

namespace ameide::framework {

Server::Server(ProviderDefinition definition, const Clock& clock, const Log& log)
    : definition_(std::move(definition)),
      provider_type_(TypeOf(definition_.schema)),
      clock_(clock),
      log_(log) {
  for (ResourceEntry& entry : definition_.resources) {
    Schema schema = entry.resource->schema();
    Type type = TypeOf(schema);
    std::optional<Type> identity;
    if (entry.identity) identity = TypeOf(*entry.identity);
    const std::string name = entry.type_name;
    resources_.emplace(name, ServedResource{std::move(entry), std::move(schema), std::move(type),
                                            std::move(identity)});
  }
  definition_.resources.clear();
  for (DataSourceEntry& entry : definition_.data_sources) {
    Schema schema = entry.data_source->schema();
    Type type = TypeOf(schema);
    const std::string name = entry.type_name;
    data_sources_.emplace(name,
                          ServedDataSource{std::move(entry), std::move(schema), std::move(type)});
  }
  definition_.data_sources.clear();
}

const ServedResource* Server::FindResource(std::string_view type_name,
                                           Diagnostics& diagnostics) const {
  const auto found = resources_.find(type_name);
  if (found != resources_.end()) return &found->second;
  diagnostics.AddError("Resource type not supported",
                       StrCat("This provider has no resource type ", Quote(type_name),
                              ". Use a provider version that has it."));
  return nullptr;
}

Context Server::NewContext() const {
  const std::lock_guard lock(stop_mutex_);
  return {stop_.get_token(), clock_, log_};
}

void Server::Stop() {
  std::stop_source current;
  {
    const std::lock_guard lock(stop_mutex_);
    std::swap(current, stop_);  // calls from now on get a fresh token
  }
  current.request_stop();  // outside the lock: callbacks of running calls run in here
}

namespace {

// The name rules (S-3), the same for every kind of entry.
template <class Entry>
void CheckNames(const std::string& provider, std::string_view kind,
                const std::vector<Entry>& entries, Diagnostics& problems) {
  std::set<std::string_view> seen;
  for (const Entry& entry : entries) {
    const auto fail = [&](std::string_view rule) {
      problems.AddBug("Invalid provider definition",
                      StrCat(kind, " ", entry.type_name, ": ", rule, "."));
    };
    if (!entry.type_name.starts_with(provider + "_")) {
      fail(StrCat("its name must start with ", provider, "_ (S-3)"));
    }
    if (!seen.insert(entry.type_name).second) fail("defined twice");
  }
}

}  // namespace

Diagnostics CheckDefinition(const ProviderDefinition& definition) {
  Diagnostics problems = CheckSchema(definition.schema, SchemaUse::kProvider);
  CheckNames(definition.name, "Resource", definition.resources, problems);
  CheckNames(definition.name, "Data source", definition.data_sources, problems);
  for (const ResourceEntry& entry : definition.resources) {
    const Schema schema = entry.resource->schema();
    problems.Append(CheckSchema(schema, SchemaUse::kResource));
    if (entry.identity) problems.Append(CheckSchema(*entry.identity));
    for (int64_t version = 0; version < schema.version; ++version) {
      if (entry.upgraders.contains(version)) continue;
      problems.AddBug("Invalid provider definition",
                      StrCat("Resource ", entry.type_name, ": state of schema version ", version,
                             " cannot be upgraded (R-1)."));
    }
  }
  for (const DataSourceEntry& entry : definition.data_sources) {
    problems.Append(CheckSchema(entry.data_source->schema(), SchemaUse::kDataSource));
  }
  return problems;
}

Value FitState(const ServedResource& resource, std::string_view call, Value state,
               const Value& fallback, Diagnostics& diagnostics) {
  const std::string& name = resource.entry.type_name;
  if (state.IsNull()) return Value::Null(resource.type);
  if (!state.type().ConformsTo(resource.type)) {
    diagnostics.AddBug("Provider produced an invalid state",
                       StrCat(call, " of ", name, " returned ", state.type().ToString(),
                              " instead of ", resource.type.ToString(), "."));
    state = fallback;
  }
  // With errors unknowns are expected: the call could not finish. Without them somebody forgot.
  if (!diagnostics.HasErrors()) {
    for (const Path& path : UnknownPaths(state)) {
      diagnostics.AddBug("Provider left a value unknown",
                         StrCat(call, " of ", name, " did not set ", path.ToString(), "."), path);
    }
  }
  return WithoutWriteOnly(resource.schema.attributes, WithUnknownsNull(state));
}

std::optional<Value> FitIdentity(const ServedResource& resource, std::string_view call,
                                 const std::optional<Value>& given,
                                 const std::optional<Value>& before, Diagnostics& diagnostics) {
  if (!resource.identity_type) return std::nullopt;
  const auto usable = [&](const std::optional<Value>& identity) {
    return identity && identity->IsKnown() && identity->WhollyKnown() &&
           identity->type().ConformsTo(*resource.identity_type);
  };
  if (usable(given)) return given;
  if (given) {
    diagnostics.AddBug(
        "Provider produced an invalid identity",
        StrCat(call, " of ", resource.entry.type_name, " returned ", given->type().ToString(),
               ", which is not wholly known or has another type."));
  }
  return usable(before) ? before : std::nullopt;
}

}  // namespace ameide::framework
