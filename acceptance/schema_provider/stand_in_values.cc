#include "acceptance/schema_provider/stand_in_values.h"

#include <functional>
#include <map>

#include "base/digest.h"
#include "base/strings.h"

namespace ameide::acceptance {
namespace {

using framework::Type;
using framework::Value;

// The new value of a computed attribute.
using Decide = std::function<Value(const RecordedAttribute&, const Value& now)>;

Value WithComputed(const RecordedBlock& block, const Value& object, const Decide& decide);

Value WithComputedInside(const RecordedNestedBlock& nested, const Value& value,
                         const Decide& decide) {
  if (!value.IsKnown()) return value;
  if (value.type().is_object()) return WithComputed(nested.block, value, decide);
  Value::Elements elements;
  for (const Value& element : value.elements()) {
    elements.push_back(WithComputed(nested.block, element, decide));
  }
  const Type& type = value.type().element();
  return nested.nesting == BlockNesting::kSet ? Value::Set(type, std::move(elements))
                                              : Value::List(type, std::move(elements));
}

Value WithComputed(const RecordedBlock& block, const Value& object, const Decide& decide) {
  if (!object.IsKnown()) return object;
  Value::Entries entries = object.entries();
  for (const RecordedAttribute& attribute : block.attributes) {
    if (!attribute.computed) continue;
    Value& entry = entries.find(attribute.name)->second;
    entry = decide(attribute, entry);
  }
  for (const RecordedNestedBlock& nested : block.blocks) {
    Value& entry = entries.find(nested.name)->second;
    entry = WithComputedInside(nested, entry, decide);
  }
  return Value::Object(object.type(), std::move(entries));
}

Value Filler(const Type& type, std::string text) {
  switch (type.kind()) {
    case Type::Kind::kBool:
      return Value::Bool(false);
    case Type::Kind::kNumber:
      return Value::Number(0);
    case Type::Kind::kString:
      return Value::String(std::move(text));
    case Type::Kind::kList:
      return Value::List(type.element(), {});
    case Type::Kind::kSet:
      return Value::Set(type.element(), {});
    case Type::Kind::kMap:
      return Value::Map(type.element(), {});
    case Type::Kind::kDynamic:
    case Type::Kind::kObject:
    case Type::Kind::kTuple:
      break;
  }
  return Value::Null(type);
}

using Answers = std::map<std::string, Value, std::less<>>;

Answers Workspace(const Environment& environment) {
  const std::string given = Get(environment, "CODER_WORKSPACE_TRANSITION");
  const std::string transition = given.empty() ? "start" : given;
  return {{"id", Value::String("3f1d2c44-6a0e-4b52-9c3a-1f2e3d4c5b6a")},
          {"name", Value::String("task-workspace")},
          {"transition", Value::String(transition)},
          {"start_count", Value::Number(transition == "start" ? 1 : 0)},
          {"access_url", Value::String("https://coder.example.com")},
          {"access_port", Value::Number(443)},
          {"template_id", Value::String("7b0c9d1e-2f3a-4b5c-8d6e-0a1b2c3d4e5f")},
          {"template_name", Value::String("task-template")},
          {"template_version", Value::String("1")}};
}

Answers Owner() {
  return {{"id", Value::String("c2b7f6de-5a41-4e0b-8f3c-9d8e7f6a5b4c")},
          {"name", Value::String("owner")},
          {"full_name", Value::String("Task Owner")},
          {"email", Value::String("owner@example.com")},
          {"login_type", Value::String("password")}};
}

Answers Parameter(const Value& config, const Environment& environment) {
  const Value preset = config.Attribute("default");
  const auto name = config.Attribute("name").AsString();
  const auto given =
      environment.find(StrCat("CODER_PARAMETER_", Sha256Hex(name.ok() ? *name : "")));
  Value value = preset.IsNull() ? Value::String("") : preset;
  if (given != environment.end()) value = Value::String(given->second);
  return {{"id", Value::String("e5d4c3b2-1a09-4f8e-9d7c-6b5a4f3e2d1c")},
          {"optional", Value::Bool(!preset.IsNull())},
          {"value", value}};
}

Answers KnownAnswers(std::string_view type_name, const Value& config,
                     const Environment& environment) {
  if (type_name == "coder_workspace") return Workspace(environment);
  if (type_name == "coder_workspace_owner") return Owner();
  if (type_name == "coder_parameter") return Parameter(config, environment);
  return {};
}

}  // namespace

Value PlannedState(const RecordedSchema& schema, const Value& proposed) {
  return WithComputed(schema.block, proposed, [](const RecordedAttribute& attribute, Value now) {
    return now.IsNull() ? Value::Unknown(attribute.type) : now;
  });
}

Value AppliedState(std::string_view type_name, const RecordedSchema& schema, const Value& planned) {
  return WithComputed(schema.block, planned, [&](const RecordedAttribute& attribute, Value now) {
    return now.IsUnknown() ? Filler(attribute.type, StrCat(type_name, ".", attribute.name)) : now;
  });
}

Value DataSourceState(std::string_view type_name, const RecordedSchema& schema, const Value& config,
                      const Environment& environment) {
  if (!config.IsKnown()) return config;
  const Value filled =
      WithComputed(schema.block, config, [](const RecordedAttribute& attribute, const Value& now) {
        return now.IsNull() ? Filler(attribute.type, "") : now;
      });
  Value::Entries entries = filled.entries();
  for (auto& [name, value] : KnownAnswers(type_name, config, environment)) {
    entries.insert_or_assign(name, value);
  }
  return Value::Object(schema.type, std::move(entries));
}

}  // namespace ameide::acceptance
