// A schema is data: what GetProviderSchema announces, what the checks enforce, what the plan does
// and what the documentation says, all from one literal.
//
//   Attribute{.name = "ttl", .type = Type::String(), .optional = true, .computed = true,
//             .description = "…", .default_value = Value::String("1h"),
//             .checks = {DurationBetween("1m", "24h")}, .on_change = OnChange::kReplace}
//
// Nested attributes, no blocks: they can be null, computed and assigned by expressions (rule S-6).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "provider/framework/diagnostics.h"
#include "provider/framework/path.h"
#include "provider/framework/type.h"
#include "provider/framework/value.h"

namespace ameide::framework {

struct Attribute;

// No sets: their elements have no path, so nothing inside could be reported or replaced.
enum class Nesting { kSingle, kList, kMap };

struct NestedAttributes {
  Nesting mode = Nesting::kSingle;
  std::vector<Attribute> attributes;
};

enum class OnChange { kUpdate, kReplace };

// Called with a value that is known and not null (children may still be unknown or null, which is
// never an error) and its path. Must be pure and thread-safe.
using Check = std::function<void(const Value&, const Path&, Diagnostics&)>;

struct Attribute {
  std::string name;
  Type type;  // left alone when `nested` is set
  std::optional<NestedAttributes> nested;

  // Exactly one of: required; optional; computed; optional and computed.
  bool required = false;
  bool optional = false;
  bool computed = false;
  bool sensitive = false;   // hidden in output; still in the state
  bool write_only = false;  // never stored anywhere; Terraform 1.11 or newer

  std::string description;         // Markdown
  std::string deprecated_message;  // empty: not deprecated

  // What stands in the plan when the configuration says nothing; needs optional and computed.
  std::optional<Value> default_value;
  std::vector<Check> checks;
  OnChange on_change = OnChange::kUpdate;
  // A computed value that an update in place may change: unknown in the plan of an update.
  bool unknown_on_update = false;
};

struct Schema {
  int64_t version = 0;
  std::string description;  // Markdown
  std::vector<Attribute> attributes;
};

// What is needed to find a remote object. Flat: primitives, or lists of primitives (rule S-12).
struct IdentityAttribute {
  std::string name;
  Type type;
  bool required_for_import = false;  // exactly one of these two
  bool optional_for_import = false;
  std::string description;
};

struct IdentitySchema {
  int64_t version = 0;
  std::vector<IdentityAttribute> attributes;
};

Type TypeOf(const Attribute& attribute);
Type TypeOf(const std::vector<Attribute>& attributes);  // always an object
Type TypeOf(const Schema& schema);
Type TypeOf(const IdentitySchema& schema);

enum class SchemaUse { kProvider, kResource, kDataSource };

// Errors for every rule of docs/protocol.md (S-2 to S-12) that the schema breaks; Terraform would
// refuse it, or crash on it. Meant for start-up and for tests.
Diagnostics CheckSchema(const Schema& schema, SchemaUse use);
Diagnostics CheckSchema(const IdentitySchema& schema);

// `value` (an object of the attributes, or null) with every write-only attribute null.
Value WithoutWriteOnly(const std::vector<Attribute>& attributes, const Value& value);

// Runs `visit` on every attribute of `object`, outer before inner, also inside nested ones.
using AttributeVisitor = std::function<void(const Attribute&, const Value&, const Path&)>;
void VisitAttributes(const std::vector<Attribute>& attributes, const Value& object,
                     const Path& path, const AttributeVisitor& visit);

// Finds, in another value of the same nested attribute, the object at the same place: the same
// index, the same key, or the only one. Null when there is none (or the other value is unknown).
using Counterpart = std::function<Value(const Value& other)>;
using ObjectMapper =
    std::function<Value(const Value& object, const Path& path, const Counterpart& counterpart)>;

// `value` of the nested attribute with every object in it replaced by what `map` makes of it. What
// is null or unknown stays.
Value MapNested(const Attribute& attribute, const Value& value, const Path& path,
                const ObjectMapper& map);

}  // namespace ameide::framework
