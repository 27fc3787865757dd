// Between protobuf's messages for values, diagnostics and paths and ours.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "provider/framework/diagnostics.h"
#include "provider/framework/value.h"
#include "provider/proto/tfplugin6.pb.h"

namespace ameide::wire {

// V-1: MessagePack if there is any, else JSON, else null.
Result<framework::Value> FromProto(const tfplugin6::DynamicValue& proto,
                                   const framework::Type& type);
// Always MessagePack.
Status ToProto(const framework::Value& value, const framework::Type& type,
               tfplugin6::DynamicValue* proto);

// State exactly as Terraform stored it. The text form of before Terraform 0.12 is kInvalid.
Result<framework::Value> FromProto(const tfplugin6::RawState& proto, const framework::Type& type);

void ToProto(const framework::Path& path, tfplugin6::AttributePath* proto);
void ToProto(const framework::Diagnostics& diagnostics,
             google::protobuf::RepeatedPtrField<tfplugin6::Diagnostic>* proto);

}  // namespace ameide::wire
