#include <set>
#include <string_view>

#include "base/strings.h"
#include "provider/framework/schema.h"

namespace ameide::framework {
namespace {

bool IsName(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

bool HasDynamic(const Type& type) {
  switch (type.kind()) {
    case Type::Kind::kDynamic:
      return true;
    case Type::Kind::kList:
    case Type::Kind::kSet:
    case Type::Kind::kMap:
      return HasDynamic(type.element());
    case Type::Kind::kObject:
      for (const auto& [name, child] : type.attributes()) {
        if (HasDynamic(child)) return true;
      }
      return false;
    case Type::Kind::kTuple:
      for (const Type& child : type.elements()) {
        if (HasDynamic(child)) return true;
      }
      return false;
    default:
      return false;
  }
}

class Checker {
 public:
  explicit Checker(SchemaUse use) : use_(use) {}

  void Attributes(const std::vector<Attribute>& attributes, const Path& path) {
    std::set<std::string_view> names;
    for (const Attribute& attribute : attributes) {
      const Path at = path.Attribute(attribute.name);
      if (!names.insert(attribute.name).second) Fail(at, "two attributes have this name");
      if (!IsName(attribute.name)) Fail(at, "a name is made of a-z, 0-9 and _ (S-3)");
      One(attribute, at);
    }
  }
  void MetaArguments(const std::vector<Attribute>& attributes) {
    std::set<std::string_view> taken = {"count",     "for_each",   "provider",   "depends_on",
                                        "lifecycle", "connection", "provisioner"};
    if (use_ == SchemaUse::kProvider) taken = {"version", "alias"};
    for (const Attribute& attribute : attributes) {
      if (taken.contains(attribute.name)) {
        Fail(Path(attribute.name), "Terraform uses this name itself (S-3)");
      }
    }
  }
  void Fail(const Path& path, std::string_view rule) {
    problems.AddBug("Invalid schema", StrCat(path.ToString(), ": ", rule, "."), path);
  }

  Diagnostics problems;

 private:
  void One(const Attribute& a, const Path& at) {
    if (a.required ? (a.optional || a.computed) : !(a.optional || a.computed)) {
      Fail(at, "must be required, optional, computed, or optional and computed (S-2)");
    }
    if (a.write_only && (a.computed || use_ != SchemaUse::kResource)) {
      Fail(at, "write-only attributes belong to resources and are never computed (S-10)");
    }
    if (a.default_value && !(a.optional && a.computed)) {
      Fail(at, "an attribute with a default must be optional and computed (P-5)");
    }
    if (a.default_value && !a.default_value->type().ConformsTo(TypeOf(a))) {
      Fail(at, "the default has another type");
    }
    if (a.unknown_on_update && (!a.computed || a.default_value)) {
      Fail(at, "only a computed value without a default can become unknown");
    }
    if (use_ == SchemaUse::kProvider && (a.computed || a.on_change == OnChange::kReplace)) {
      Fail(at, "a provider's configuration has neither computed values nor replacement");
    }
    if (use_ == SchemaUse::kDataSource) OneOfDataSource(a, at);
    if (a.on_change == OnChange::kReplace && !a.required && !a.optional) {
      Fail(at, "what nobody can configure cannot ask for replacement");
    }
    if (!a.nested) {
      const bool composed = !a.type.is_primitive() && !a.type.is_dynamic();
      if (composed && HasDynamic(a.type)) Fail(at, "dynamic inside another type (V-13)");
      return;
    }
    Attributes(a.nested->attributes, at);
  }

  void OneOfDataSource(const Attribute& a, const Path& at) {
    if (a.default_value || a.unknown_on_update || a.on_change == OnChange::kReplace) {
      Fail(at, "a data source has no plan: no default, no replacement, nothing unknown");
    }
    if (!a.nested || !(a.required || a.optional)) return;
    for (const Attribute& child : a.nested->attributes) {
      if (child.computed) {
        Fail(at.Attribute(child.name), "a data source computes nothing inside what is configured");
      }
    }
  }

  SchemaUse use_;
};

}  // namespace

Diagnostics CheckSchema(const Schema& schema, SchemaUse use) {
  Checker checker(use);
  if (schema.version < 0) checker.Fail(Path(), "the version is negative (S-8)");
  checker.Attributes(schema.attributes, Path());
  checker.MetaArguments(schema.attributes);
  return checker.problems;
}

Diagnostics CheckSchema(const IdentitySchema& schema) {
  Checker checker(SchemaUse::kResource);
  if (schema.version < 0) checker.Fail(Path(), "the version is negative (S-8)");
  if (schema.attributes.empty()) checker.Fail(Path(), "an identity needs an attribute (S-12)");
  std::set<std::string_view> names;
  for (const IdentityAttribute& a : schema.attributes) {
    const Path at(a.name);
    const Type& type = a.type.kind() == Type::Kind::kList ? a.type.element() : a.type;
    if (!names.insert(a.name).second) checker.Fail(at, "two attributes have this name");
    if (!IsName(a.name)) checker.Fail(at, "a name is made of a-z, 0-9 and _ (S-3)");
    if (!type.is_primitive()) checker.Fail(at, "must be a primitive or a list of them (S-12)");
    if (a.required_for_import == a.optional_for_import) {
      checker.Fail(at, "must be either required or optional for import (S-12)");
    }
  }
  return checker.problems;
}

}  // namespace ameide::framework
