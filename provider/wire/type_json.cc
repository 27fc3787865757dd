#include "provider/wire/type_json.h"

#include <utility>
#include <vector>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::wire {
namespace {

using framework::Type;

Error BadType(const Json& json) {
  return {.kind = ErrorKind::kInvalid,
          .operation = "read value type",
          .target = Truncate(json.Dump(), 120),
          .cause = "not a type that Terraform's protocol knows",
          .hint = "use a Terraform version that speaks protocol 6"};
}

Json Pair(const char* kind, Json argument) {
  return Json(Json::Array{Json(kind), std::move(argument)});
}

Result<Type> PrimitiveFrom(const Json& json, const std::string& name) {
  if (name == "string") return Type::String();
  if (name == "number") return Type::Number();
  if (name == "bool") return Type::Bool();
  if (name == "dynamic") return Type::Dynamic();
  return BadType(json);
}

Result<Type> ObjectFrom(const Json& json, const Json& argument) {
  if (argument.AsObject() == nullptr) return BadType(json);
  Type::Attributes attributes;
  for (const auto& [name, child] : *argument.AsObject()) {
    AMEIDE_ASSIGN_OR_RETURN(Type type, TypeFromJson(child));
    attributes.emplace(name, std::move(type));
  }
  return Type::Object(std::move(attributes));
}

Result<Type> TupleFrom(const Json& json, const Json& argument) {
  if (argument.AsArray() == nullptr) return BadType(json);
  std::vector<Type> elements;
  for (const Json& child : *argument.AsArray()) {
    AMEIDE_ASSIGN_OR_RETURN(Type type, TypeFromJson(child));
    elements.push_back(std::move(type));
  }
  return Type::Tuple(std::move(elements));
}

}  // namespace

Json TypeToJson(const Type& type) {
  switch (type.kind()) {
    case Type::Kind::kBool:
      return "bool";
    case Type::Kind::kNumber:
      return "number";
    case Type::Kind::kString:
      return "string";
    case Type::Kind::kDynamic:
      return "dynamic";
    case Type::Kind::kList:
      return Pair("list", TypeToJson(type.element()));
    case Type::Kind::kSet:
      return Pair("set", TypeToJson(type.element()));
    case Type::Kind::kMap:
      return Pair("map", TypeToJson(type.element()));
    case Type::Kind::kTuple: {
      Json::Array elements;
      for (const Type& child : type.elements()) elements.push_back(TypeToJson(child));
      return Pair("tuple", std::move(elements));
    }
    case Type::Kind::kObject:
      break;
  }
  Json::Object attributes;
  for (const auto& [name, child] : type.attributes()) {
    attributes.emplace_back(name, TypeToJson(child));
  }
  return Pair("object", std::move(attributes));
}

Result<Type> TypeFromJson(const Json& json) {
  if (const std::string* name = json.AsString()) return PrimitiveFrom(json, *name);
  const Json::Array* parts = json.AsArray();
  if (parts == nullptr || parts->size() < 2 || (*parts)[0].AsString() == nullptr) {
    return BadType(json);
  }
  const std::string& kind = *(*parts)[0].AsString();
  const Json& argument = (*parts)[1];
  if (kind == "object" && parts->size() <= 3) return ObjectFrom(json, argument);
  if (parts->size() != 2) return BadType(json);
  if (kind == "tuple") return TupleFrom(json, argument);
  AMEIDE_ASSIGN_OR_RETURN(Type element, TypeFromJson(argument));
  if (kind == "list") return Type::List(std::move(element));
  if (kind == "set") return Type::Set(std::move(element));
  if (kind == "map") return Type::Map(std::move(element));
  return BadType(json);
}

Result<Type> TypeFromText(std::string_view text) {
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  return TypeFromJson(json);
}

}  // namespace ameide::wire
