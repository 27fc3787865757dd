#include "provider/resources/template_data_source.h"

#include <utility>

#include "base/strings.h"
#include "provider/framework/checks.h"

namespace ameide::resources {
namespace {

using framework::Attribute;
using framework::Path;
using framework::Type;
using framework::Value;

// What `ameide-templates push` and the Coder backend call a profile's template.
constexpr char kTemplatePrefix[] = "ameide-";

Attribute Fact(std::string name, Type type, std::string description) {
  return {.name = std::move(name),
          .type = std::move(type),
          .computed = true,
          .description = std::move(description)};
}

std::optional<std::string> TextOf(const Value& config, std::string_view name) {
  const Result<std::string> text = config.Attribute(name).AsString();
  return text.ok() ? std::optional(*text) : std::nullopt;
}

TemplateQuery QueryFrom(const Value& config) {
  TemplateQuery query;
  const std::optional<std::string> name = TextOf(config, "name");
  query.name = name ? *name : kTemplatePrefix + TextOf(config, "profile").value_or("");
  if (const auto directory = TextOf(config, "directory")) query.directory = *directory;
  for (const auto& [variable, value] : config.Attribute("variables").entries()) {
    if (const auto text = value.AsString(); text.ok()) query.variables.emplace(variable, *text);
  }
  return query;
}

Value TextOrNull(const std::string& text) {
  return text.empty() ? Value::Null(Type::String()) : Value::String(text);
}

Value ValueFrom(const TemplateQuery& query, const TemplateStatus& status) {
  return Value::Object(TypeOf(TemplateSchema()),
                       {{"name", Value::String(query.name)},
                        {"exists", Value::Bool(status.exists)},
                        {"id", TextOrNull(status.id)},
                        {"active_version", TextOrNull(status.active_version)},
                        {"active_version_id", TextOrNull(status.active_version_id)},
                        {"deprecated", Value::Bool(status.deprecated)},
                        {"deprecation_message", TextOrNull(status.deprecation_message)},
                        {"digest", TextOrNull(status.digest)},
                        {"up_to_date", query.directory ? Value::Bool(status.up_to_date)
                                                       : Value::Null(Type::Bool())}});
}

class TemplateSource final : public framework::DataSource {
 public:
  TemplateSource(const EngineSlot& engine, TemplateLook look)
      : engine_(engine), look_(std::move(look)) {}
  framework::Schema schema() const override { return TemplateSchema(); }

  void Validate(const framework::Context&, const Value& config,
                framework::Diagnostics& diagnostics) const override {
    if (!config.IsKnown()) return;
    const Value name = config.Attribute("name");
    const Value profile = config.Attribute("profile");
    if (name.IsUnknown() || profile.IsUnknown() || name.IsNull() != profile.IsNull()) return;
    diagnostics.AddError("Which template is not clear",
                         "Set exactly one of name and profile; the template of a profile is called "
                         "ameide-<profile>.",
                         name.IsNull() ? Path() : Path("name"));
  }

  framework::DataResult Read(const framework::Context& context,
                             const Value& config) const override {
    framework::DataResult result;
    const std::shared_ptr<const Engine> engine = engine_.Get();
    if (!engine) {
      result.diagnostics.AddError(NotConfigured());
      return result;
    }
    const TemplateQuery query = QueryFrom(config);
    const Result<TemplateStatus> status = look_(engine->settings(), query, context.stop);
    if (status.ok()) {
      result.state = ValueFrom(query, *status);
    } else {
      result.diagnostics.AddError(status.error());
    }
    return result;
  }

 private:
  const EngineSlot& engine_;
  TemplateLook look_;
};

}  // namespace

framework::Schema TemplateSchema() {
  return {
      .description =
          "Whether Coder has the template of a profile, and whether its active version is the one "
          "in a folder. Uses the provider's `coder` block or its environment variables, whatever "
          "the `backend`. A template that is missing is an answer, not an error.",
      .attributes = {
          {.name = "name",
           .type = Type::String(),
           .optional = true,
           .computed = true,
           .description = "Name of the template. Exactly one of this and `profile` is set.",
           .checks = {framework::NotEmpty()}},
          {.name = "profile",
           .type = Type::String(),
           .optional = true,
           .description = "Profile whose template `ameide-<profile>` is meant.",
           .checks = {framework::NotEmpty()}},
          {.name = "directory",
           .type = Type::String(),
           .optional = true,
           .description = "Folder of the template's files as `ameide-templates render` wrote them, "
                          "to compare the active version with.",
           .checks = {framework::NotEmpty()}},
          {.name = "variables",
           .type = Type::Map(Type::String()),
           .optional = true,
           .description = "The variables it was pushed with (`--variable`); they make the version, "
                          "too."},
          Fact("exists", Type::Bool(), "Whether the template is there and visible to the token."),
          Fact("id", Type::String(), "Coder's id of the template."),
          Fact("active_version", Type::String(), "Name of the version that new workspaces get."),
          Fact("active_version_id", Type::String(), "Its id."),
          Fact("deprecated", Type::Bool(), "Whether new workspaces are refused."),
          Fact("deprecation_message", Type::String(), "Why they are."),
          Fact("digest", Type::String(),
               "SHA-256 over what a push of `directory` with `variables` uploads."),
          Fact("up_to_date", Type::Bool(),
               "Whether that is the active version. Null without `directory`.")}};
}

framework::DataSourceEntry TemplateDataSource(const EngineSlot& engine, TemplateLook look) {
  return {"ameide_template", std::make_unique<TemplateSource>(engine, std::move(look))};
}

}  // namespace ameide::resources
