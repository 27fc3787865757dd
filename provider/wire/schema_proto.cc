#include "provider/wire/schema_proto.h"

#include "base/text.h"
#include "provider/wire/type_json.h"

namespace ameide::wire {
namespace {

using framework::Attribute;
using framework::Nesting;

tfplugin6::Schema::Object::NestingMode ModeOf(Nesting mode) {
  switch (mode) {
    case Nesting::kSingle:
      return tfplugin6::Schema::Object::SINGLE;
    case Nesting::kList:
      return tfplugin6::Schema::Object::LIST;
    case Nesting::kMap:
      return tfplugin6::Schema::Object::MAP;
  }
  return tfplugin6::Schema::Object::INVALID;
}

void ToProto(const Attribute& attribute, tfplugin6::Schema::Attribute* proto) {
  proto->set_name(attribute.name);
  proto->set_required(attribute.required);
  proto->set_optional(attribute.optional);
  proto->set_computed(attribute.computed);
  proto->set_sensitive(attribute.sensitive);
  proto->set_write_only(attribute.write_only);
  proto->set_description(ToValidUtf8(attribute.description));
  proto->set_description_kind(tfplugin6::MARKDOWN);
  if (!attribute.deprecated_message.empty()) {
    proto->set_deprecated(true);
    proto->set_deprecation_message(ToValidUtf8(attribute.deprecated_message));
  }
  if (!attribute.nested) {
    proto->set_type(TypeToJson(attribute.type).Dump());
    return;
  }
  tfplugin6::Schema::Object* object = proto->mutable_nested_type();
  object->set_nesting(ModeOf(attribute.nested->mode));
  for (const Attribute& child : attribute.nested->attributes) {
    ToProto(child, object->add_attributes());
  }
}

}  // namespace

void ToProto(const framework::Schema& schema, tfplugin6::Schema* proto) {
  proto->set_version(schema.version);
  tfplugin6::Schema::Block* block = proto->mutable_block();
  block->set_description(ToValidUtf8(schema.description));
  block->set_description_kind(tfplugin6::MARKDOWN);
  for (const Attribute& attribute : schema.attributes) {
    ToProto(attribute, block->add_attributes());
  }
}

void ToProto(const framework::IdentitySchema& schema, tfplugin6::ResourceIdentitySchema* proto) {
  proto->set_version(schema.version);
  for (const framework::IdentityAttribute& attribute : schema.attributes) {
    auto* out = proto->add_identity_attributes();
    out->set_name(attribute.name);
    out->set_type(TypeToJson(attribute.type).Dump());
    out->set_required_for_import(attribute.required_for_import);
    out->set_optional_for_import(attribute.optional_for_import);
    out->set_description(ToValidUtf8(attribute.description));
  }
}

}  // namespace ameide::wire
