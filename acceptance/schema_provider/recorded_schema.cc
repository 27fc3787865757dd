#include "acceptance/schema_provider/recorded_schema.h"

#include <utility>

#include "base/json.h"
#include "base/strings.h"
#include "provider/wire/type_json.h"

namespace ameide::acceptance {
namespace {

using framework::Type;

Error Unreadable(std::string_view where, std::string cause) {
  return {.kind = ErrorKind::kInvalid,
          .operation = "read recorded provider schema",
          .target = std::string(where),
          .cause = std::move(cause),
          .hint = "record it as acceptance/testdata/provider_schemas/README.md says"};
}

bool Flag(const Json& json, std::string_view name) {
  const Json* flag = json.Find(name);
  return flag != nullptr && flag->AsBool() != nullptr && *flag->AsBool();
}

int64_t Whole(const Json& json, std::string_view name) {
  const Json* number = json.Find(name);
  int64_t value = 0;
  return number != nullptr && number->GetInt64(&value) ? value : 0;
}

// The members of an object member; none when it is absent.
Json::Object Members(const Json& json, std::string_view name) {
  const Json* member = json.Find(name);
  return member != nullptr && member->AsObject() != nullptr ? *member->AsObject() : Json::Object();
}

Result<RecordedAttribute> AttributeFrom(const std::string& name, const Json& json) {
  const Json* type = json.Find("type");
  if (type == nullptr) return Unreadable(name, "an attribute without \"type\"");
  AMEIDE_ASSIGN_OR_RETURN(Type read, wire::TypeFromJson(*type));
  if (read.is_dynamic()) return Unreadable(name, "an attribute of a dynamic type");
  return RecordedAttribute{.name = name,
                           .type = std::move(read),
                           .required = Flag(json, "required"),
                           .optional = Flag(json, "optional"),
                           .computed = Flag(json, "computed"),
                           .sensitive = Flag(json, "sensitive"),
                           .deprecated = Flag(json, "deprecated"),
                           .write_only = Flag(json, "write_only")};
}

Result<BlockNesting> NestingFrom(const std::string& name, const Json& json) {
  static const std::map<std::string, BlockNesting> kModes = {{"single", BlockNesting::kSingle},
                                                             {"group", BlockNesting::kGroup},
                                                             {"list", BlockNesting::kList},
                                                             {"set", BlockNesting::kSet}};
  const Json* mode = json.Find("nesting_mode");
  const std::string text = mode != nullptr && mode->AsString() != nullptr ? *mode->AsString() : "";
  const auto found = kModes.find(text);
  if (found == kModes.end()) return Unreadable(name, StrCat("nesting_mode \"", text, "\""));
  return found->second;
}

Result<RecordedBlock> BlockFrom(const Json* json, std::string_view where) {
  if (json == nullptr || json->AsObject() == nullptr) return Unreadable(where, "no \"block\"");
  RecordedBlock block;
  for (const auto& [name, attribute] : Members(*json, "attributes")) {
    AMEIDE_ASSIGN_OR_RETURN(auto read, AttributeFrom(name, attribute));
    block.attributes.push_back(std::move(read));
  }
  for (const auto& [name, nested] : Members(*json, "block_types")) {
    RecordedNestedBlock read{.name = name,
                             .nesting = BlockNesting::kList,
                             .min_items = Whole(nested, "min_items"),
                             .max_items = Whole(nested, "max_items"),
                             .block = {}};
    AMEIDE_ASSIGN_OR_RETURN(read.nesting, NestingFrom(name, nested));
    AMEIDE_ASSIGN_OR_RETURN(read.block, BlockFrom(nested.Find("block"), name));
    block.blocks.push_back(std::move(read));
  }
  return block;
}

Type TypeOf(const RecordedBlock& block) {
  Type::Attributes attributes;
  for (const RecordedAttribute& attribute : block.attributes) {
    attributes.emplace(attribute.name, attribute.type);
  }
  for (const RecordedNestedBlock& nested : block.blocks) {
    Type type = TypeOf(nested.block);
    if (nested.nesting == BlockNesting::kList) type = Type::List(std::move(type));
    if (nested.nesting == BlockNesting::kSet) type = Type::Set(std::move(type));
    attributes.emplace(nested.name, std::move(type));
  }
  return Type::Object(std::move(attributes));
}

Result<RecordedSchema> SchemaFrom(const Json* json, std::string_view where) {
  if (json == nullptr) return Unreadable(where, "no schema");
  RecordedSchema schema{.version = Whole(*json, "version"), .block = {}, .type = {}};
  AMEIDE_ASSIGN_OR_RETURN(schema.block, BlockFrom(json->Find("block"), where));
  schema.type = TypeOf(schema.block);
  return schema;
}

Result<RecordedProvider::Schemas> SchemasFrom(const Json& provider, std::string_view member) {
  RecordedProvider::Schemas schemas;
  for (const auto& [name, json] : Members(provider, member)) {
    AMEIDE_ASSIGN_OR_RETURN(auto schema, SchemaFrom(&json, name));
    schemas.emplace(name, std::move(schema));
  }
  return schemas;
}

}  // namespace

Result<RecordedProvider> ReadRecording(std::string_view json) {
  AMEIDE_ASSIGN_OR_RETURN(const Json file, ParseJson(json));
  const Json::Object providers = Members(file, "provider_schemas");
  if (providers.size() != 1) {
    return Unreadable("provider_schemas", StrCat("it holds ", providers.size(), " providers"));
  }
  const auto& [address, provider] = providers.front();
  RecordedProvider recorded;
  recorded.address = address;
  AMEIDE_ASSIGN_OR_RETURN(recorded.provider, SchemaFrom(provider.Find("provider"), "provider"));
  AMEIDE_ASSIGN_OR_RETURN(recorded.resources, SchemasFrom(provider, "resource_schemas"));
  AMEIDE_ASSIGN_OR_RETURN(recorded.data_sources, SchemasFrom(provider, "data_source_schemas"));
  return recorded;
}

}  // namespace ameide::acceptance
