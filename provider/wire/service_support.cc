#include "provider/wire/service_support.h"

namespace ameide::wire {

using framework::Diagnostics;
using framework::ServedResource;
using framework::Value;

void Encode(const Value& value, const framework::Type& type, tfplugin6::DynamicValue* proto,
            Diagnostics& diagnostics) {
  const Status status = ToProto(value, type, proto);
  if (!status.ok()) diagnostics.AddError(status.error());
}

std::optional<Value> DecodeIdentity(const ServedResource& served,
                                    const tfplugin6::ResourceIdentityData& proto,
                                    Diagnostics& diagnostics) {
  if (!served.identity_type) return std::nullopt;
  Value value = Decode(proto.identity_data(), *served.identity_type, diagnostics);
  if (value.IsNull()) return std::nullopt;
  return value;
}

}  // namespace ameide::wire
