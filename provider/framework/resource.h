// What a resource is to the framework: a schema and the verbs of its life. Everything that is the
// same for every resource (defaults, unknowns, replacement, the checks after an apply) happens once
// in Server, before and after these calls. Source: tfplugin6 6.11.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "provider/framework/diagnostics.h"
#include "provider/framework/schema.h"

namespace ameide::framework {

// What every call gets. `stop` is requested by Terraform's first interrupt: finish or undo what is
// in flight and return soon, with the state of what exists.
struct Context {
  std::stop_token stop;
  const Clock& clock;
  const Log& log;
};

// In all requests and results: `private_data` is opaque bytes that Terraform stores in clear (no
// secrets). In results an absent one, and an absent identity, means "as it was".

struct PlanRequest {
  Value config;   // null when the resource is to be destroyed
  Value prior;    // null when it is to be created
  Value planned;  // what the framework would answer; null for a destroy, equal to prior for a no-op
  std::string private_data;
  std::optional<Value> identity;
};

// Filled in with the framework's plan; a hook changes what it wants changed.
struct PlanResponse {
  Value planned;
  std::vector<Path> requires_replace;  // replacement happens only where values differ (P-8)
  std::optional<std::string> private_data;
  std::optional<Value> identity;
  Diagnostics diagnostics;
};

struct CreateRequest {
  Value config;
  Value planned;
  std::string private_data;
};

struct UpdateRequest {
  Value config;
  Value prior;
  Value planned;
  std::string private_data;
  std::optional<Value> identity;
};

// Null state: nothing exists (create) or the prior state holds (update). An error with a state
// after a create means "something was made": Terraform stores it as tainted and destroys it next
// time. What is still unknown in it becomes null.
struct ChangeResult {
  Value state;
  std::optional<std::string> private_data;
  std::optional<Value> identity;
  Diagnostics diagnostics;
};

struct ReadRequest {
  Value state;
  std::string private_data;
  std::optional<Value> identity;
};

// Null state without an error: the object is gone and Terraform plans a new one. In doubt, report
// an error instead.
struct ReadResult {
  Value state;
  std::optional<std::string> private_data;
  std::optional<Value> identity;
  Diagnostics diagnostics;
};

struct DeleteRequest {
  Value state;
  std::string private_data;
  std::optional<Value> identity;
};

// No error: gone for certain (also when it was gone before). With an error: `remaining` is what is
// left, or the whole prior state when absent.
struct DeleteResult {
  std::optional<Value> remaining;
  Diagnostics diagnostics;
};

// Methods are called from many threads at once and block as long as they need. An exception that
// escapes is reported as a bug of the provider.
class Resource {
 public:
  virtual ~Resource() = default;

  virtual Schema schema() const = 0;  // asked once; must not depend on configuration

  // Beyond the checks of single attributes. Anything may be unknown; the provider is not
  // configured.
  virtual void Validate(const Context&, const Value& config, Diagnostics&) const {
    static_cast<void>(config);
  }
  // May adjust the plan. Pure: called twice or three times for one change (P-1).
  virtual void ModifyPlan(const Context&, const PlanRequest&, PlanResponse&) const {}

  virtual ChangeResult Create(const Context&, const CreateRequest&) const = 0;
  virtual ChangeResult Update(const Context&, const UpdateRequest&) const = 0;
  virtual ReadResult Read(const Context&, const ReadRequest&) const = 0;
  virtual DeleteResult Delete(const Context&, const DeleteRequest&) const = 0;
};

struct ImportRequest {
  std::string id;                 // empty when importing by identity
  std::optional<Value> identity;  // exactly one of the two is there
};

// Needs to hold only what Read needs; Terraform reads right after.
struct ImportResult {
  Value state;
  std::optional<std::string> private_data;
  std::optional<Value> identity;
  Diagnostics diagnostics;
};
using ImportFunction = std::function<ImportResult(const Context&, const ImportRequest&)>;

// From the state of one old schema version straight to the current one. `prior_type` is the type
// that the old schema had; the result must be wholly known.
struct Upgrader {
  Type prior_type;
  std::function<Result<Value>(const Value& old)> upgrade;
};

// One line of the provider's registry. What a resource cannot do is simply absent.
struct ResourceEntry {
  std::string type_name;
  std::unique_ptr<const Resource> resource;
  std::optional<IdentitySchema> identity;
  ImportFunction import;
  std::map<int64_t, Upgrader> upgraders;  // by old schema version
};

}  // namespace ameide::framework
