#include "provider/framework/value.h"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>
#include <variant>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::framework {

struct Value::Node {
  struct Null {
    bool operator==(const Null&) const = default;
  };
  struct Unknown {
    bool operator==(const Unknown&) const = default;
  };
  using Content =
      std::variant<Null, Unknown, bool, framework::Number, std::string, Elements, Entries>;
  Type type;
  Content content;
};

namespace {

void Require(bool holds, std::string_view problem) {
  if (!holds) throw std::logic_error(std::string(problem));
}

void RequireConforming(const Value& value, const Type& wanted) {
  Require(value.type().ConformsTo(wanted), StrCat("a value of type ", value.type().ToString(),
                                                  " cannot stand for ", wanted.ToString()));
}

}  // namespace

Value::Value(Node node) : node_(std::make_shared<const Node>(std::move(node))) {}

Value Value::Null(Type type) { return Value(Node{std::move(type), Node::Null()}); }
Value Value::Unknown(Type type) { return Value(Node{std::move(type), Node::Unknown()}); }
Value Value::Bool(bool value) { return Value(Node{Type::Bool(), value}); }
Value Value::Number(framework::Number value) {
  return Value(Node{Type::Number(), std::move(value)});
}
Value Value::String(std::string value) { return Value(Node{Type::String(), std::move(value)}); }

Value Value::List(const Type& element, Elements elements) {
  for (const Value& value : elements) RequireConforming(value, element);
  return Value(Node{Type::List(element), std::move(elements)});
}

Value Value::Set(const Type& element, Elements elements) {
  std::vector<std::pair<std::string, Value>> keyed;
  for (Value& value : elements) {
    RequireConforming(value, element);
    std::string key = value.Dump();
    keyed.emplace_back(std::move(key), std::move(value));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Elements unique;
  for (auto& [key, value] : keyed) {
    // Two unknown elements may turn out different, so they do not merge.
    const bool same = !unique.empty() && value.WhollyKnown() && unique.back() == value;
    if (!same) unique.push_back(std::move(value));
  }
  return Value(Node{Type::Set(element), std::move(unique)});
}

Value Value::Map(const Type& element, Entries entries) {
  for (const auto& [key, value] : entries) RequireConforming(value, element);
  return Value(Node{Type::Map(element), std::move(entries)});
}

Value Value::Tuple(Elements elements) {
  std::vector<Type> types;
  for (const Value& value : elements) types.push_back(value.type());
  return Value(Node{Type::Tuple(std::move(types)), std::move(elements)});
}

Value Value::Object(Entries attributes) {
  Type::Attributes types;
  for (const auto& [name, value] : attributes) types.emplace(name, value.type());
  return Value(Node{Type::Object(std::move(types)), std::move(attributes)});
}

Value Value::Object(const Type& type, Entries attributes) {
  for (const auto& [name, value] : attributes) {
    const auto declared = type.attributes().find(name);
    Require(declared != type.attributes().end(), StrCat("undeclared attribute ", name));
    RequireConforming(value, declared->second);
  }
  for (const auto& [name, declared] : type.attributes()) attributes.emplace(name, Null(declared));
  return Object(std::move(attributes));
}

const Type& Value::type() const { return node_->type; }
bool Value::IsNull() const { return std::holds_alternative<Node::Null>(node_->content); }
bool Value::IsUnknown() const { return std::holds_alternative<Node::Unknown>(node_->content); }

bool Value::WhollyKnown() const {
  if (IsUnknown()) return false;
  const auto known = [](const Value& value) { return value.WhollyKnown(); };
  return std::all_of(elements().begin(), elements().end(), known) &&
         std::all_of(entries().begin(), entries().end(),
                     [](const auto& entry) { return entry.second.WhollyKnown(); });
}

Error Value::Unexpected(std::string_view wanted) const {
  const std::string_view state = IsNull() ? "null" : IsUnknown() ? "not known yet" : "";
  return {.kind = ErrorKind::kInvalid,
          .operation = StrCat("read a ", wanted),
          .target = StrCat("from a value of type ", type().ToString()),
          .cause = state.empty() ? "the value does not fit" : StrCat("the value is ", state),
          .hint = StrCat("set it to a ", wanted)};
}

Result<bool> Value::AsBool() const {
  if (const auto* value = std::get_if<bool>(&node_->content)) return *value;
  return Unexpected("bool");
}

Result<std::string> Value::AsString() const {
  if (const auto* value = std::get_if<std::string>(&node_->content)) return *value;
  return Unexpected("string");
}

Result<framework::Number> Value::AsNumber() const {
  if (const auto* value = std::get_if<framework::Number>(&node_->content)) return *value;
  return Unexpected("number");
}

Result<int64_t> Value::AsInt64() const {
  if (const auto* value = std::get_if<framework::Number>(&node_->content)) {
    if (const auto whole = value->AsInt64()) return *whole;
  }
  return Unexpected("whole number");
}

const Value::Elements& Value::elements() const {
  static const Elements kNone;
  const auto* elements = std::get_if<Elements>(&node_->content);
  return elements == nullptr ? kNone : *elements;
}

const Value::Entries& Value::entries() const {
  static const Entries kNone;
  const auto* entries = std::get_if<Entries>(&node_->content);
  return entries == nullptr ? kNone : *entries;
}

Value Value::Attribute(std::string_view name) const {
  const auto declared = type().attributes().find(name);
  Require(declared != type().attributes().end(), StrCat("no attribute called ", name));
  if (IsNull()) return Null(declared->second);
  if (IsUnknown()) return Unknown(declared->second);
  return entries().find(name)->second;
}

Value Value::WithAttribute(std::string_view name, Value value) const {
  Require(type().is_object() && IsKnown(), "only a known object has attributes to replace");
  Entries attributes = entries();
  const auto found = attributes.find(name);
  Require(found != attributes.end(), StrCat("no attribute called ", name));
  found->second = std::move(value);
  return Object(std::move(attributes));
}

std::string Value::Dump() const {
  if (IsNull()) return "null";
  if (IsUnknown()) return "unknown";
  if (const auto* value = std::get_if<bool>(&node_->content)) return *value ? "true" : "false";
  if (const auto* value = std::get_if<framework::Number>(&node_->content)) return value->text();
  if (const auto* value = std::get_if<std::string>(&node_->content)) return Quote(*value);
  if (type().is_object() || type().kind() == Type::Kind::kMap) {
    const bool is_map = !type().is_object();
    std::vector<std::string> items;
    for (const auto& [key, child] : entries()) {
      items.push_back(StrCat(is_map ? Quote(key) : key, " = ", child.Dump()));
    }
    return StrCat("{", StrJoin(items, ", "), "}");
  }
  std::vector<std::string> items;
  for (const Value& child : elements()) items.push_back(child.Dump());
  return StrCat(type().kind() == Type::Kind::kSet ? "set[" : "[", StrJoin(items, ", "), "]");
}

bool Value::operator==(const Value& other) const {
  if (node_ == other.node_) return true;
  return node_->type == other.node_->type && node_->content == other.node_->content;
}

namespace {

void CollectUnknown(const Value& value, const Path& path, std::vector<Path>* out) {
  if (value.IsUnknown() || (value.type().kind() == Type::Kind::kSet && !value.WhollyKnown())) {
    out->push_back(path);
    return;
  }
  for (size_t i = 0; i < value.elements().size(); ++i) {
    CollectUnknown(value.elements()[i], path.Index(static_cast<int64_t>(i)), out);
  }
  for (const auto& [key, child] : value.entries()) {
    CollectUnknown(child, value.type().is_object() ? path.Attribute(key) : path.Key(key), out);
  }
}

}  // namespace

std::vector<Path> UnknownPaths(const Value& value) {
  std::vector<Path> paths;
  CollectUnknown(value, Path(), &paths);
  return paths;
}

Value WithUnknownsNull(const Value& value) {
  if (value.WhollyKnown()) return value;
  if (value.IsUnknown()) return Value::Null(value.type());
  Value::Elements elements;
  for (const Value& child : value.elements()) elements.push_back(WithUnknownsNull(child));
  Value::Entries entries;
  for (const auto& [key, child] : value.entries()) entries.emplace(key, WithUnknownsNull(child));
  switch (value.type().kind()) {
    case Type::Kind::kList:
      return Value::List(value.type().element(), std::move(elements));
    case Type::Kind::kSet:
      return Value::Set(value.type().element(), std::move(elements));
    case Type::Kind::kTuple:
      return Value::Tuple(std::move(elements));
    case Type::Kind::kMap:
      return Value::Map(value.type().element(), std::move(entries));
    default:
      return Value::Object(std::move(entries));
  }
}

}  // namespace ameide::framework
