// Recorded schemas as protobuf messages (tfplugin6 6.11).
#pragma once

#include "acceptance/schema_provider/recorded_schema.h"
#include "provider/proto/tfplugin6.pb.h"

namespace ameide::acceptance {

void ToProto(const RecordedSchema& schema, tfplugin6::Schema* proto);

}  // namespace ameide::acceptance
