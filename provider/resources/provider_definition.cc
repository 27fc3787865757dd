#include "provider/resources/provider_definition.h"

#include "provider/resources/task_resource.h"

namespace ameide::resources {

framework::ProviderDefinition AmeideProvider(ProviderParts parts, EngineSlot& engine) {
  framework::ProviderDefinition definition;
  definition.name = "ameide";
  definition.version = parts.version;
  definition.schema = ProviderSchema();
  definition.resources.push_back(TaskResourceEntry(engine));
  definition.configure = [parts = std::move(parts), &engine](
                             const framework::Context&, const framework::ConfigureRequest& request,
                             framework::Diagnostics&) {
    const std::optional<ProviderSettings> settings = SettingsFrom(request.config, parts.defaults);
    engine.Set(settings ? std::make_shared<const Engine>(*settings, parts.profiles,
                                                         parts.make_launcher(*settings))
                        : nullptr);
  };
  return definition;
}

}  // namespace ameide::resources
