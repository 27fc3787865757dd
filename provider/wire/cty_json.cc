#include "provider/wire/cty_json.h"

#include <optional>
#include <utility>

#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"
#include "provider/wire/type_json.h"

namespace ameide::wire {
namespace {

using framework::Number;
using framework::Path;
using framework::Type;
using framework::Value;

Error Problem(std::string operation, const Path& path, std::string cause) {
  return {.kind = ErrorKind::kInvalid,
          .operation = std::move(operation),
          .target = path.empty() ? "the whole object" : path.ToString(),
          .cause = std::move(cause),
          .hint = "check that the state was written by this provider"};
}

Error Unexpected(const Json& json, const Type& type, const Path& path) {
  return Problem("decode stored value", path,
                 StrCat("expected ", type.ToString(), ", found a JSON ", json.TypeName()));
}

Result<Value> Decode(const Json& json, const Type& type, const Path& path);

Result<Value> DecodePrimitive(const Json& json, const Type& type, const Path& path) {
  const bool* flag = json.AsBool();
  const Json::Number* number = json.AsNumber();
  const std::string* text = json.AsString();
  if (type.kind() == Type::Kind::kBool) {
    if (flag != nullptr) return Value::Bool(*flag);
    if (text != nullptr && (*text == "true" || *text == "false")) {
      return Value::Bool(*text == "true");
    }
  } else if (type.kind() == Type::Kind::kNumber) {
    if (number != nullptr) text = &number->text;
    if (text != nullptr) {
      if (const auto parsed = Number::FromText(*text); parsed.ok()) return Value::Number(*parsed);
    }
  } else {
    if (text != nullptr) return Value::String(*text);
    if (number != nullptr) return Value::String(number->text);
    if (flag != nullptr) return Value::String(*flag ? "true" : "false");
  }
  return Unexpected(json, type, path);
}

Result<Value> DecodeDynamic(const Json& json, const Path& path) {
  const Json* type = json.Find("type");
  const Json* value = json.Find("value");
  if (type == nullptr || value == nullptr) return Unexpected(json, Type::Dynamic(), path);
  AMEIDE_ASSIGN_OR_RETURN(const Type own, TypeFromJson(*type));
  return Decode(*value, own, path);
}

Result<Value> DecodeListed(const Json& json, const Type& type, const Path& path) {
  const bool tuple = type.kind() == Type::Kind::kTuple;
  const Json::Array* array = json.AsArray();
  if (array == nullptr || (tuple && array->size() != type.elements().size())) {
    return Unexpected(json, type, path);
  }
  Value::Elements elements;
  for (size_t i = 0; i < array->size(); ++i) {
    const Type& wanted = tuple ? type.elements()[i] : type.element();
    AMEIDE_ASSIGN_OR_RETURN(Value element,
                            Decode((*array)[i], wanted, path.Index(static_cast<int64_t>(i))));
    elements.push_back(std::move(element));
  }
  if (tuple) return Value::Tuple(std::move(elements));
  if (type.kind() == Type::Kind::kSet) return Value::Set(type.element(), std::move(elements));
  return Value::List(type.element(), std::move(elements));
}

Result<Value> DecodeMap(const Json& json, const Type& type, const Path& path) {
  if (json.AsObject() == nullptr) return Unexpected(json, type, path);
  Value::Entries entries;
  for (const auto& [key, child] : *json.AsObject()) {
    AMEIDE_ASSIGN_OR_RETURN(Value value, Decode(child, type.element(), path.Key(key)));
    entries.emplace(key, std::move(value));
  }
  return Value::Map(type.element(), std::move(entries));
}

Result<Value> DecodeObject(const Json& json, const Type& type, const Path& path) {
  if (json.AsObject() == nullptr) return Unexpected(json, type, path);
  Value::Entries entries;
  for (const auto& [name, wanted] : type.attributes()) {
    const Json* child = json.Find(name);
    if (child == nullptr) {
      entries.emplace(name, Value::Null(wanted));
      continue;
    }
    AMEIDE_ASSIGN_OR_RETURN(Value value, Decode(*child, wanted, path.Attribute(name)));
    entries.emplace(name, std::move(value));
  }
  return Value::Object(std::move(entries));
}

Result<Value> Decode(const Json& json, const Type& type, const Path& path) {
  if (json.is_null()) return Value::Null(type);
  switch (type.kind()) {
    case Type::Kind::kDynamic:
      return DecodeDynamic(json, path);
    case Type::Kind::kObject:
      return DecodeObject(json, type, path);
    case Type::Kind::kMap:
      return DecodeMap(json, type, path);
    case Type::Kind::kList:
    case Type::Kind::kSet:
    case Type::Kind::kTuple:
      return DecodeListed(json, type, path);
    default:
      return DecodePrimitive(json, type, path);
  }
}

// `value` conforms to `type` and is wholly known.
Json Encode(const Value& value, const Type& type) {
  if (type.is_dynamic() && !value.type().is_dynamic()) {
    return Json(
        Json::Object{{"type", TypeToJson(value.type())}, {"value", Encode(value, value.type())}});
  }
  if (value.IsNull()) return Json();
  switch (type.kind()) {
    case Type::Kind::kBool:
      return *value.AsBool();
    case Type::Kind::kNumber: {
      const std::string text = value.AsNumber()->text();
      // JSON readers that go through a double refuse numbers beyond 1e308; the string form is
      // allowed for all of them.
      if (text.size() > 300) return text;
      return Json::Number{text};
    }
    case Type::Kind::kString:
      return *value.AsString();
    case Type::Kind::kMap:
    case Type::Kind::kObject: {
      Json::Object members;
      for (const auto& [key, child] : value.entries()) {
        const bool object = type.is_object();
        const Type& wanted = object ? type.attributes().find(key)->second : type.element();
        members.emplace_back(key, Encode(child, wanted));
      }
      return members;
    }
    default:
      break;
  }
  Json::Array items;
  for (size_t i = 0; i < value.elements().size(); ++i) {
    const bool tuple = type.kind() == Type::Kind::kTuple;
    items.push_back(Encode(value.elements()[i], tuple ? type.elements()[i] : type.element()));
  }
  return items;
}

}  // namespace

Result<Value> DecodeCtyJson(std::string_view text, const Type& type) {
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(text, {.bytes = 256u << 20, .depth = 64}));
  return Decode(json, type, Path());
}

Result<std::string> EncodeCtyJson(const Value& value, const Type& type) {
  if (!value.type().ConformsTo(type)) {
    return Problem("encode stored value", Path(),
                   StrCat(value.type().ToString(), " is not ", type.ToString()));
  }
  for (const Path& path : UnknownPaths(value)) {
    return Problem("encode stored value", path, "the value is not known yet");
  }
  return Encode(value, type).Dump();
}

}  // namespace ameide::wire
