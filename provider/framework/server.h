// The provider, free of any transport: one method per RPC family, framework values in and out. The
// behaviour is docs/protocol.md (rules C, R, P, A, I, X); each rule is enforced in one place here,
// so that no resource can forget it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "provider/framework/data_source.h"
#include "provider/framework/resource.h"

namespace ameide::framework {

struct ConfigureRequest {
  Value config;                   // may hold unknowns during a plan (C-4)
  std::string terraform_version;  // for user agents, not for decisions (C-5)
};

struct ProviderDefinition {
  std::string name;     // "ameide": every type is "ameide_…"
  std::string version;  // of the provider
  Schema schema;
  std::vector<ResourceEntry> resources;
  std::vector<DataSourceEntry> data_sources;  // may share a name with a resource
  // Both may be absent. `configure` replaces what an earlier call configured (H-43).
  std::function<void(const Context&, const ConfigureRequest&, Diagnostics&)> configure;
  std::function<void(const Context&, const Value& config, Diagnostics&)> validate;
};

// Schema rules of everything in the definition, with the name rules between them (S-3).
Diagnostics CheckDefinition(const ProviderDefinition& definition);

struct ValidateResourceRequest {
  std::string type_name;
  Value config;
  bool write_only_allowed = false;  // what the client can do (S-11)
};

struct PlanResourceRequest {
  std::string type_name;
  Value prior;     // null: create
  Value proposed;  // null: destroy
  Value config;
  std::string prior_private;
  std::optional<Value> prior_identity;
};

struct PlanResourceResponse {
  Value planned;
  std::vector<Path> requires_replace;
  std::string planned_private;
  std::optional<Value> planned_identity;
  Diagnostics diagnostics;
};

struct ApplyResourceRequest {
  std::string type_name;
  Value prior;    // null: create
  Value planned;  // null: delete
  Value config;
  std::string planned_private;
  std::optional<Value> planned_identity;
};

// The answer of apply, read and import alike.
struct ResourceResponse {
  Value state;
  std::string private_data;
  std::optional<Value> identity;
  Diagnostics diagnostics;
};

struct ReadResourceRequest {
  std::string type_name;
  Value state;
  std::string private_data;
  std::optional<Value> identity;
};

struct ImportResourceRequest {
  std::string type_name;
  std::string id;
  std::optional<Value> identity;
};

// For validating and reading a data source.
struct DataSourceRequest {
  std::string type_name;
  Value config;
};

// Stored text that only the caller can decode, once it is told the type.
using StoredDecoder = std::function<Result<Value>(const Type&)>;

struct UpgradeRequest {
  std::string type_name;
  int64_t version = 0;
  StoredDecoder stored;
};

struct UpgradeResponse {
  Value value;
  Diagnostics diagnostics;
};

// What a caller must know about a resource type before it can decode a request.
struct ServedResource {
  ResourceEntry entry;
  Schema schema;
  Type type;
  std::optional<Type> identity_type;
};

struct ServedDataSource {
  DataSourceEntry entry;
  Schema schema;
  Type type;
};

// Thread-safe. Every method returns its problems as diagnostics and never throws.
class Server {
 public:
  // `clock` and `log` must outlive the server.
  Server(ProviderDefinition definition, const Clock& clock, const Log& log);

  const ProviderDefinition& definition() const { return definition_; }
  const Type& provider_type() const { return provider_type_; }
  const std::map<std::string, ServedResource, std::less<>>& resources() const { return resources_; }
  const std::map<std::string, ServedDataSource, std::less<>>& data_sources() const {
    return data_sources_;
  }
  // The type, or null with an error in `diagnostics`.
  const ServedResource* FindResource(std::string_view type_name, Diagnostics& diagnostics) const;
  const ServedDataSource* FindDataSource(std::string_view type_name,
                                         Diagnostics& diagnostics) const;

  Diagnostics ValidateProvider(const Value& config) const;
  Diagnostics Configure(const ConfigureRequest& request) const;
  Diagnostics ValidateResource(const ValidateResourceRequest& request) const;
  PlanResourceResponse PlanResource(const PlanResourceRequest& request) const;
  ResourceResponse ApplyResource(const ApplyResourceRequest& request) const;
  ResourceResponse ReadResource(const ReadResourceRequest& request) const;
  ResourceResponse ImportResource(const ImportResourceRequest& request) const;
  UpgradeResponse UpgradeState(const UpgradeRequest& request) const;
  UpgradeResponse UpgradeIdentity(const UpgradeRequest& request) const;
  Diagnostics ValidateDataSource(const DataSourceRequest& request) const;
  // A null state exactly when there are errors.
  DataResult ReadDataSource(const DataSourceRequest& request) const;

  // Asks every call in flight to stop and returns at once; later calls run normally.
  void Stop();

 private:
  Context NewContext() const;

  ProviderDefinition definition_;  // its entries have moved into the maps below
  Type provider_type_;
  std::map<std::string, ServedResource, std::less<>> resources_;
  std::map<std::string, ServedDataSource, std::less<>> data_sources_;
  const Clock& clock_;
  const Log& log_;
  mutable std::mutex stop_mutex_;
  std::stop_source stop_;
};

}  // namespace ameide::framework
