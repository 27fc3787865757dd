#include "task/contract/profile_schema.h"

#include "task/contract/profile_fields.h"

namespace ameide::task {

Json ProfileSchema() {
  Json schema = Json::Object{{"$schema", "http://json-schema.org/draft-07/schema#"},
                             {"$id", "urn:ameide:profile:1"},
                             {"title", "Ameide profile"}};
  const Json body = FieldsSchema(ProfileFields(), "");
  for (const auto& [name, value] : *body.AsObject()) schema.Set(name, value);
  return schema;
}

std::string ProfileKeyTable() { return FieldsMarkdown(ProfileFields()); }

}  // namespace ameide::task
