// Our schemas as protobuf messages.
#pragma once

#include "provider/framework/schema.h"
#include "provider/proto/tfplugin6.pb.h"

namespace ameide::wire {

// Always sets the block, even when it is empty: the client dereferences it without a check (S-1).
void ToProto(const framework::Schema& schema, tfplugin6::Schema* proto);
void ToProto(const framework::IdentitySchema& schema, tfplugin6::ResourceIdentitySchema* proto);

}  // namespace ameide::wire
