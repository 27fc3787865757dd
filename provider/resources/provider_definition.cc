#include "provider/resources/provider_definition.h"

#include "provider/resources/profile_data_source.h"
#include "provider/resources/task_resource.h"

namespace ameide::resources {

framework::ProviderDefinition AmeideProvider(ProviderParts parts, EngineSlot& engine) {
  framework::ProviderDefinition definition;
  definition.name = "ameide";
  definition.version = parts.version;
  definition.schema = ProviderSchema();
  definition.resources.push_back(TaskResourceEntry(engine));
  definition.data_sources.push_back(ProfileDataSource(engine));
  definition.data_sources.push_back(TemplateDataSource(engine, parts.look_at_template));
  definition.configure = [parts = std::move(parts), &engine](
                             const framework::Context&, const framework::ConfigureRequest& request,
                             framework::Diagnostics& diagnostics) {
    const std::optional<ProviderSettings> settings = SettingsFrom(request.config, parts.defaults);
    engine.Set(nullptr);
    if (!settings) return;
    Result<std::unique_ptr<task::Launcher>> launcher = parts.make_launcher(*settings);
    if (!launcher.ok()) {
      // The local backend can go wrong at none of its settings in particular.
      const bool coder = settings->backend == "coder";
      diagnostics.AddError(launcher.error(), coder ? framework::Path("coder") : framework::Path());
      return;
    }
    engine.Set(std::make_shared<const Engine>(*settings, parts.profiles, *std::move(launcher)));
  };
  return definition;
}

}  // namespace ameide::resources
