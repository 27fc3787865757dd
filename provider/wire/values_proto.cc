#include "provider/wire/values_proto.h"

#include "base/text.h"
#include "provider/wire/cty_json.h"
#include "provider/wire/msgpack.h"

namespace ameide::wire {

using framework::Path;
using framework::Value;

Result<Value> FromProto(const tfplugin6::DynamicValue& proto, const framework::Type& type) {
  if (!proto.msgpack().empty()) return DecodeMsgpack(proto.msgpack(), type);
  if (!proto.json().empty()) return DecodeCtyJson(proto.json(), type);
  return Value::Null(type);
}

Status ToProto(const Value& value, const framework::Type& type, tfplugin6::DynamicValue* proto) {
  AMEIDE_ASSIGN_OR_RETURN(*proto->mutable_msgpack(), EncodeMsgpack(value, type));
  return Ok();
}

Result<Value> FromProto(const tfplugin6::RawState& proto, const framework::Type& type) {
  if (!proto.json().empty()) return DecodeCtyJson(proto.json(), type);
  if (proto.flatmap().empty()) return Value::Null(type);
  return Error{.kind = ErrorKind::kInvalid,
               .operation = "decode stored value",
               .target = "the whole object",
               .cause = "it is in the form of Terraform before 0.12",
               .hint = "upgrade the state with Terraform 0.12 first"};
}

void ToProto(const Path& path, tfplugin6::AttributePath* proto) {
  for (const Path::Step& step : path.steps()) {
    tfplugin6::AttributePath::Step* out = proto->add_steps();
    if (const auto* attribute = std::get_if<Path::AttributeName>(&step)) {
      out->set_attribute_name(ToValidUtf8(attribute->name));
    } else if (const auto* key = std::get_if<Path::MapKey>(&step)) {
      out->set_element_key_string(ToValidUtf8(key->key));
    } else {
      out->set_element_key_int(std::get<Path::ListIndex>(step).index);
    }
  }
}

void ToProto(const framework::Diagnostics& diagnostics,
             google::protobuf::RepeatedPtrField<tfplugin6::Diagnostic>* proto) {
  for (const framework::Diagnostic& diagnostic : diagnostics.items()) {
    tfplugin6::Diagnostic* out = proto->Add();
    out->set_severity(diagnostic.severity == framework::Severity::kError
                          ? tfplugin6::Diagnostic::ERROR
                          : tfplugin6::Diagnostic::WARNING);
    out->set_summary(diagnostic.summary);  // valid UTF-8 since it was added
    out->set_detail(diagnostic.detail);
    // V-23: unset rather than empty.
    if (!diagnostic.path.empty()) ToProto(diagnostic.path, out->mutable_attribute());
  }
}

}  // namespace ameide::wire
