// The provider as data: its schema, its resources, and how a configuration becomes an engine.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "provider/framework/server.h"
#include "provider/resources/engine.h"
#include "provider/resources/template_data_source.h"

namespace ameide::resources {

struct ProviderParts {
  std::string version;
  ProviderDefaults defaults;
  std::vector<ShippedProfile> profiles;
  // Builds the launcher for a configuration; main.cc knows backends and programs. Errors are about
  // what the configuration (or the environment in its stead) says.
  std::function<Result<std::unique_ptr<task::Launcher>>(const ProviderSettings&)> make_launcher;
  TemplateLook look_at_template;
};

// `engine` must outlive the definition.
framework::ProviderDefinition AmeideProvider(ProviderParts parts, EngineSlot& engine);

}  // namespace ameide::resources
