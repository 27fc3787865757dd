#include "provider/framework/schema.h"

#include <utility>

namespace ameide::framework {

Type TypeOf(const Attribute& attribute) {
  if (!attribute.nested) return attribute.type;
  Type object = TypeOf(attribute.nested->attributes);
  switch (attribute.nested->mode) {
    case Nesting::kSingle:
      return object;
    case Nesting::kList:
      return Type::List(std::move(object));
    case Nesting::kMap:
      return Type::Map(std::move(object));
  }
  return object;
}

Type TypeOf(const std::vector<Attribute>& attributes) {
  Type::Attributes types;
  for (const Attribute& attribute : attributes) types.emplace(attribute.name, TypeOf(attribute));
  return Type::Object(std::move(types));
}

Type TypeOf(const Schema& schema) { return TypeOf(schema.attributes); }

Type TypeOf(const IdentitySchema& schema) {
  Type::Attributes types;
  for (const IdentityAttribute& attribute : schema.attributes) {
    types.emplace(attribute.name, attribute.type);
  }
  return Type::Object(std::move(types));
}

Value MapNested(const Attribute& attribute, const Value& value, const Path& path,
                const ObjectMapper& map) {
  if (!value.IsKnown()) return value;
  const Type object = TypeOf(attribute.nested->attributes);
  const auto visit = [&](const Value& child, const Path& at, const Counterpart& counterpart) {
    return child.IsKnown() ? map(child, at, counterpart) : child;
  };
  if (attribute.nested->mode == Nesting::kSingle) {
    return visit(value, path,
                 [&](const Value& other) { return other.IsKnown() ? other : Value::Null(object); });
  }
  if (attribute.nested->mode == Nesting::kList) {
    Value::Elements elements;
    for (size_t i = 0; i < value.elements().size(); ++i) {
      const auto counterpart = [&](const Value& other) {
        return i < other.elements().size() ? other.elements()[i] : Value::Null(object);
      };
      elements.push_back(
          visit(value.elements()[i], path.Index(static_cast<int64_t>(i)), counterpart));
    }
    return Value::List(object, std::move(elements));
  }
  Value::Entries entries;
  for (const auto& [key, child] : value.entries()) {
    const auto counterpart = [&, &wanted = key](const Value& other) {
      const auto found = other.entries().find(wanted);
      return found == other.entries().end() ? Value::Null(object) : found->second;
    };
    entries.emplace(key, visit(child, path.Key(key), counterpart));
  }
  return Value::Map(object, std::move(entries));
}

Value WithoutWriteOnly(const std::vector<Attribute>& attributes, const Value& value) {
  if (!value.IsKnown()) return value;
  Value::Entries cleaned;
  for (const Attribute& attribute : attributes) {
    const Value child = value.Attribute(attribute.name);
    if (attribute.write_only) {
      cleaned.emplace(attribute.name, Value::Null(TypeOf(attribute)));
    } else if (attribute.nested) {
      const auto clean = [&](const Value& object, const Path&, const Counterpart&) {
        return WithoutWriteOnly(attribute.nested->attributes, object);
      };
      cleaned.emplace(attribute.name, MapNested(attribute, child, Path(), clean));
    } else {
      cleaned.emplace(attribute.name, child);
    }
  }
  return Value::Object(std::move(cleaned));
}

void VisitAttributes(const std::vector<Attribute>& attributes, const Value& object,
                     const Path& path, const AttributeVisitor& visit) {
  for (const Attribute& attribute : attributes) {
    const Value value = object.Attribute(attribute.name);
    const Path at = path.Attribute(attribute.name);
    visit(attribute, value, at);
    if (!attribute.nested) continue;
    MapNested(attribute, value, at,
              [&](const Value& element, const Path& element_path, const Counterpart&) {
                VisitAttributes(attribute.nested->attributes, element, element_path, visit);
                return element;
              });
  }
}

}  // namespace ameide::framework
