// The provider as data: its schema, its resources, and how a configuration becomes an engine.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "provider/framework/server.h"
#include "provider/resources/engine.h"

namespace ameide::resources {

struct ProviderParts {
  std::string version;
  ProviderDefaults defaults;
  std::vector<ShippedProfile> profiles;
  // Builds the launcher for a configuration; main.cc knows backends and programs.
  std::function<std::unique_ptr<task::Launcher>(const ProviderSettings&)> make_launcher;
};

// `engine` must outlive the definition.
framework::ProviderDefinition AmeideProvider(ProviderParts parts, EngineSlot& engine);

}  // namespace ameide::resources
