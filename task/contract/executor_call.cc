// A call of an executor's tool: what it must look like, for whoever makes one and for us, who
// check.
#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/executor.h"
#include "task/contract/executor_rules.h"
#include "task/contract/json_reader.h"

namespace ameide::task {
namespace {

using Type = ExecutorArgument::Type;

// Code points, as JSON Schema counts them. The parser let only UTF-8 through.
size_t Length(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

std::string TextProblem(const ExecutorArgument& argument, std::string_view text) {
  if (Length(text) > static_cast<size_t>(argument.max_length)) {
    return StrCat("must have at most ", argument.max_length, " characters");
  }
  if (text.find('\0') != std::string_view::npos) return "must not hold a NUL character";
  if (argument.pattern.empty() || MatchesRegex(argument.pattern, text)) return "";
  return StrCat("must match ", argument.pattern);
}

void CheckList(const ExecutorArgument& argument, ObjectReader* reader) {
  std::vector<std::string> items;
  if (!reader->Read(argument.name, &items)) return;
  if (items.size() > static_cast<size_t>(argument.max_items)) {
    reader->Problem(argument.name, StrCat("must have at most ", argument.max_items, " items"));
    return;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string problem = TextProblem(argument, items[i]);
    if (problem.empty()) continue;
    AddProblem(PointerStep(reader->PointerTo(argument.name), std::to_string(i)), problem,
               reader->problems());
  }
}

void CheckObject(const ExecutorArgument& argument, ObjectReader* reader) {
  const Json& value = *reader->Child(argument.name);
  if (value.AsObject() == nullptr) {
    reader->Problem(argument.name, StrCat("must be an object, not a JSON ", value.TypeName()));
  } else if (value.Dump().size() > static_cast<size_t>(argument.max_length)) {
    reader->Problem(argument.name,
                    StrCat("must have at most ", argument.max_length, " bytes as JSON"));
  }
}

void CheckArgument(const ExecutorArgument& argument, ObjectReader* reader) {
  std::string text;
  bool yes = false;
  int64_t number = 0;
  switch (argument.type) {
    case Type::kString:
      if (reader->Read(argument.name, &text)) {
        reader->Problem(argument.name, TextProblem(argument, text));
      }
      return;
    case Type::kInteger:
      reader->ReadInt(argument.name, INT64_MIN, INT64_MAX, &number);
      return;
    case Type::kBoolean:
      reader->Read(argument.name, &yes);
      return;
    case Type::kEnum:
      if (!reader->Read(argument.name, &text)) return;
      if (std::find(argument.values.begin(), argument.values.end(), text) ==
          argument.values.end()) {
        reader->Problem(argument.name, StrCat("must be one of ", StrJoin(argument.values, ", ")));
      }
      return;
    case Type::kStringList:
      CheckList(argument, reader);
      return;
    case Type::kObject:
      CheckObject(argument, reader);
      return;
  }
}

Json TextSchema(const ExecutorArgument& argument) {
  Json schema = Json::Object{{"type", "string"}, {"maxLength", argument.max_length}};
  // draft-07 patterns search; ours match the whole text.
  if (!argument.pattern.empty()) schema.Set("pattern", StrCat("^(?:", argument.pattern, ")$"));
  return schema;
}

Json ArgumentSchema(const ExecutorArgument& argument) {
  switch (argument.type) {
    case Type::kString:
      return TextSchema(argument);
    case Type::kEnum:
      return Json::Object{{"type", "string"}, {"enum", Json::Strings(argument.values)}};
    case Type::kStringList:
      return Json::Object{
          {"type", "array"}, {"items", TextSchema(argument)}, {"maxItems", argument.max_items}};
    case Type::kInteger:
    case Type::kBoolean:
    case Type::kObject:
      break;
  }
  return Json::Object{{"type", ToString(argument.type)}};
}

Json InputSchema(const ExecutorTool& tool) {
  Json::Object properties;
  Json::Array required;
  for (const ExecutorArgument& argument : tool.arguments) {
    Json schema = ArgumentSchema(argument);
    schema.Set("description", argument.description);
    properties.emplace_back(argument.name, std::move(schema));
    if (argument.required) required.emplace_back(argument.name);
  }
  Json schema = Json::Object{{"$schema", "http://json-schema.org/draft-07/schema#"},
                             {"type", "object"},
                             {"properties", std::move(properties)}};
  if (!required.empty()) schema.Set("required", std::move(required));
  schema.Set("additionalProperties", false);
  return schema;
}

}  // namespace

Checked<Json> CheckCall(const ExecutorTool& tool, const Json& arguments) {
  Problems problems;
  ObjectReader reader(arguments, "", &problems);
  Json call{Json::Object{}};
  if (arguments.AsObject() == nullptr) return Finished(std::move(call), std::move(problems));
  for (const ExecutorArgument& argument : tool.arguments) {
    const Json* value = reader.Child(argument.name);
    if (value != nullptr) {
      CheckArgument(argument, &reader);
      call.Set(argument.name, *value);
    } else if (argument.required) {
      reader.Problem(argument.name, "is missing; add it");
    }
  }
  reader.Finish();
  return Finished(std::move(call), std::move(problems));
}

Json McpTools(const ExecutorContract& contract) {
  Json::Array tools;
  for (const ExecutorTool& tool : contract.tools) {
    const bool reads = tool.policy == ExecutorTool::Policy::kReadOnly;
    tools.push_back(Json::Object{{"name", tool.name},
                                 {"description", tool.description},
                                 {"inputSchema", InputSchema(tool)},
                                 {"annotations", Json::Object{{"readOnlyHint", reads}}}});
  }
  return tools;
}

}  // namespace ameide::task
