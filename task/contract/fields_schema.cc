// A table of fields as JSON Schema and as documentation.
#include "base/strings.h"
#include "task/contract/fields.h"
#include "task/contract/yaml_json.h"

namespace ameide::task {
namespace {

Json Typed(std::string_view type) { return Json::Object{{"type", type}}; }

// The value that a piece of YAML stands for; nothing for words like "the name".
std::optional<Json> YamlValue(std::string_view yaml) {
  const Checked<YamlDocument> document = YamlToJson(StrCat("value: ", yaml), "example");
  if (!document.ok()) return std::nullopt;
  const Json* value = document.value->value.Find("value");
  return value == nullptr ? std::nullopt : std::optional<Json>(*value);
}

Json TextSchema(const Field& field) {
  Json schema = Typed("string");
  if (!field.words.empty()) {
    Json::Array words;
    for (const std::string_view word : field.words) words.emplace_back(word);
    schema.Set("enum", std::move(words));
    return schema;
  }
  schema.Set("pattern", field.kind->pattern);
  if (field.kind->max_length > 0) schema.Set("maxLength", field.kind->max_length);
  return schema;
}

Json ListSchema(const Field& field, Json items) {
  Json schema = Typed("array");
  schema.Set("items", std::move(items));
  if (field.shape == Shape::kTexts) schema.Set("uniqueItems", true);
  if (field.min > 0) schema.Set("minItems", field.min);
  if (field.max > 0) schema.Set("maxItems", field.max);
  return schema;
}

Json ShapeSchema(const Fields& fields, const Field& field) {
  Json schema;
  switch (field.shape) {
    case Shape::kObject:
      return FieldsSchema(fields, StrCat(field.path, "/"));
    case Shape::kObjects:
      return ListSchema(field, FieldsSchema(fields, StrCat(field.path, "/*/")));
    case Shape::kText:
      return TextSchema(field);
    case Shape::kTexts:
      return ListSchema(field, TextSchema(field));
    case Shape::kLabels:
      schema = Typed("object");
      schema.Set("additionalProperties", Typed("string"));
      return schema;
    case Shape::kBool:
      return Typed("boolean");
    case Shape::kInteger:
      schema = Typed("integer");
      schema.Set("minimum", field.min);
      schema.Set("maximum", field.max);
      return schema;
    case Shape::kDuration:
      schema = Typed("string");
      schema.Set("pattern", kDurationPattern);
      return schema;
  }
  return schema;
}

std::string Ticked(const std::vector<std::string_view>& words) {
  std::vector<std::string> ticked;
  for (const std::string_view word : words) ticked.push_back(StrCat("`", word, "`"));
  return StrJoin(ticked, ", ");
}

std::string ShapeWords(const Field& field) {
  switch (field.shape) {
    case Shape::kObject:
      return "group";
    case Shape::kObjects:
      return "list of groups";
    case Shape::kText:
      return field.words.empty() ? std::string(field.kind->name) : Ticked(field.words);
    case Shape::kTexts:
      return StrCat("list of ",
                    field.words.empty() ? std::string(field.kind->plural) : Ticked(field.words));
    case Shape::kLabels:
      return "map of labels";
    case Shape::kBool:
      return "boolean";
    case Shape::kInteger:
      return field.min == field.max ? StrCat("`", field.min, "`")
                                    : StrCat("whole number, ", field.min, " to ", field.max);
    case Shape::kDuration:
      return field.min <= 1 ? std::string("duration")
                            : StrCat("duration, whole seconds, at least `",
                                     FormatDuration(Millis(field.min)), "`");
  }
  return "";
}

}  // namespace

Json FieldsSchema(const Fields& fields, std::string_view prefix) {
  Json::Object properties;
  Json::Array required;
  for (const Field& field : fields) {
    if (!field.path.starts_with(prefix)) continue;
    const std::string name = field.path.substr(prefix.size());
    if (name.find('/') != std::string::npos) continue;
    Json schema = ShapeSchema(fields, field);
    schema.Set("description", field.description);
    const std::optional<Json> fallback = YamlValue(field.fallback);
    const bool literal =
        fallback && !fallback->is_null() && field.fallback.find(' ') == field.fallback.npos;
    if (literal) schema.Set("default", *fallback);
    if (!field.example.empty()) schema.Set("examples", Json::Array{*YamlValue(field.example)});
    properties.emplace_back(name, std::move(schema));
    if (field.required) required.emplace_back(name);
  }
  Json schema = Typed("object");
  schema.Set("properties", std::move(properties));
  if (!required.empty()) schema.Set("required", std::move(required));
  schema.Set("additionalProperties", false);
  return schema;
}

std::string FieldsMarkdown(const Fields& fields) {
  std::string table = "| Key | Value | Example | Meaning |\n| --- | --- | --- | --- |\n";
  for (const Field& field : fields) {
    std::string key = StrReplaceAll(StrReplaceAll(field.path, "/*/", "[]."), "/", ".");
    std::string value = ShapeWords(field);
    if (!field.required) {
      StrAppend(&value,
                field.fallback.empty() ? "; optional" : StrCat("; default: ", field.fallback));
    }
    const std::string example = field.example.empty() ? "" : StrCat("`", field.example, "`");
    StrAppend(&table, "| `", key, "` | ", value, " | ", StrReplaceAll(example, "|", "\\|"), " | ",
              field.description, " |\n");
  }
  return table;
}

}  // namespace ameide::task
