// ameide_task: create runs a task to its end, destroy proves its workspace gone.
#pragma once

#include "provider/framework/resource.h"
#include "provider/resources/engine.h"

namespace ameide::resources {

// `engine` is what ConfigureProvider fills; it must outlive the entry.
framework::ResourceEntry TaskResourceEntry(const EngineSlot& engine);

}  // namespace ameide::resources
