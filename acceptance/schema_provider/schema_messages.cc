#include "acceptance/schema_provider/schema_messages.h"

#include "provider/wire/type_json.h"

namespace ameide::acceptance {
namespace {

tfplugin6::Schema::NestedBlock::NestingMode ModeOf(BlockNesting nesting) {
  switch (nesting) {
    case BlockNesting::kSingle:
      return tfplugin6::Schema::NestedBlock::SINGLE;
    case BlockNesting::kGroup:
      return tfplugin6::Schema::NestedBlock::GROUP;
    case BlockNesting::kList:
      return tfplugin6::Schema::NestedBlock::LIST;
    case BlockNesting::kSet:
      return tfplugin6::Schema::NestedBlock::SET;
  }
  return tfplugin6::Schema::NestedBlock::INVALID;
}

void ToProto(const RecordedBlock& block, tfplugin6::Schema::Block* proto) {
  for (const RecordedAttribute& attribute : block.attributes) {
    tfplugin6::Schema::Attribute* out = proto->add_attributes();
    out->set_name(attribute.name);
    out->set_type(wire::TypeToJson(attribute.type).Dump());
    out->set_required(attribute.required);
    out->set_optional(attribute.optional);
    out->set_computed(attribute.computed);
    out->set_sensitive(attribute.sensitive);
    out->set_deprecated(attribute.deprecated);
    out->set_write_only(attribute.write_only);
  }
  for (const RecordedNestedBlock& nested : block.blocks) {
    tfplugin6::Schema::NestedBlock* out = proto->add_block_types();
    out->set_type_name(nested.name);
    out->set_nesting(ModeOf(nested.nesting));
    out->set_min_items(nested.min_items);
    out->set_max_items(nested.max_items);
    ToProto(nested.block, out->mutable_block());
  }
}

}  // namespace

void ToProto(const RecordedSchema& schema, tfplugin6::Schema* proto) {
  proto->set_version(schema.version);
  ToProto(schema.block, proto->mutable_block());
}

}  // namespace ameide::acceptance
