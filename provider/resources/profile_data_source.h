// The data source ameide_profile: what an agent profile lets a task do. Asks no server.
#pragma once

#include "provider/framework/data_source.h"
#include "provider/resources/engine.h"

namespace ameide::resources {

framework::Schema ProfileSchema();

// What the data source answers for a profile. Pure.
framework::Value ProfileValue(const task::Profile& profile);

// `engine` must outlive the entry.
framework::DataSourceEntry ProfileDataSource(const EngineSlot& engine);

}  // namespace ameide::resources
