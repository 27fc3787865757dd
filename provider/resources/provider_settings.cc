#include "provider/resources/provider_settings.h"

#include "provider/framework/checks.h"
#include "provider/resources/values.h"

namespace ameide::resources {
namespace {

using framework::Type;
using framework::Value;

framework::Attribute NonEmptyText(std::string name, std::string description) {
  return {.name = std::move(name),
          .type = Type::String(),
          .optional = true,
          .description = std::move(description),
          .checks = {framework::NotEmpty()}};
}

fs::path FolderOr(const Value& config, std::string_view name, const fs::path& fallback,
                  const fs::path& working_directory) {
  const Result<std::string> text = config.Attribute(name).AsString();
  const fs::path folder = text.ok() ? fs::path(*text) : fallback;
  return folder.empty() ? folder : (working_directory / folder).lexically_normal();
}

framework::Attribute Coder() {
  framework::Attribute token =
      NonEmptyText("session_token",
                   "Token of the user whose workspaces these are; it needs no more than the "
                   "scopes for creating, operating, reaching and deleting workspaces. "
                   "Default: `$CODER_SESSION_TOKEN`.");
  token.sensitive = true;
  return {
      .name = "coder",
      .nested =
          framework::NestedAttributes{
              .mode = framework::Nesting::kSingle,
              .attributes =
                  {
                      NonEmptyText("url", "Coder's access URL. Default: `$CODER_URL`."),
                      token,
                      NonEmptyText("organization",
                                   "Name or id of the organization whose templates "
                                   "are used. Default: `$CODER_ORGANIZATION`, else "
                                   "the default one."),
                      NonEmptyText("ca_file",
                                   "PEM file of the certificates to trust. Default: the "
                                   "system's."),
                      {.name = "allow_orphan_delete",
                       .type = Type::Bool(),
                       .optional = true,
                       .description = "Lets Coder forget a workspace that it cannot delete, and "
                                      "leaves what it was made of to its own deadline. Needs the "
                                      "right to change the template. Default: `false`."},
                  }},
      .optional = true,
      .description = "The server of the backend `coder`."};
}

CoderBlock CoderFrom(const Value& block, const fs::path& working_directory) {
  CoderBlock coder;
  if (block.IsNull()) return coder;
  coder.url = TextOf(block, "url");
  coder.session_token = TextOf(block, "session_token");
  coder.organization = TextOf(block, "organization");
  coder.ca_file = FolderOr(block, "ca_file", fs::path(), working_directory);
  const Result<bool> orphan = block.Attribute("allow_orphan_delete").AsBool();
  coder.allow_orphan_delete = orphan.ok() && *orphan;
  return coder;
}

}  // namespace

framework::Schema ProviderSchema() {
  return {
      .version = 0,
      .description = "Runs agent tasks in throw-away workspaces and keeps the proof.",
      .attributes =
          {
              {.name = "backend",
               .type = Type::String(),
               .optional = true,
               .description = "Where workspaces come from. `local`: private folders on this "
                              "machine; nothing to install. `coder`: workspaces that a Coder "
                              "server makes from the templates of `ameide-templates`. Default: "
                              "`local`.",
               .checks = {framework::OneOf({"local", "coder"})}},
              NonEmptyText(
                  "workspaces_dir",
                  "Where the local backend keeps live workspaces and the records of finished "
                  "ones. Default: `ameide` below `$XDG_STATE_HOME`."),
              NonEmptyText("evidence_dir",
                           "Where evidence bundles go, as `<work_id>/<run_id>`. Default: "
                           "`.ameide/evidence` in the working directory."),
              NonEmptyText(
                  "secrets_dir",
                  "Folder of secret files, `<secret>/<key>` as Kubernetes mounts them, from "
                  "which the local backend gives each phase what its profile grants it."),
              NonEmptyText("signing_key_file",
                           "PEM file of an Ed25519 or P-256 private key that signs each bundle's "
                           "`provenance.json`. Default: unsigned, and saying so."),
              NonEmptyText(
                  "profiles_dir",
                  "Folder of profile files (`<name>.yaml`) that add to the built-in profiles "
                  "or replace them."),
              {.name = "repositories",
               .type = Type::List(Type::String()),
               .optional = true,
               .description = "Repositories that tasks may check out besides those of their "
                              "profile; globs are fine."},
              Coder(),
          },
  };
}

std::optional<ProviderSettings> SettingsFrom(const Value& config,
                                             const ProviderDefaults& defaults) {
  if (!config.IsKnown() || !config.WhollyKnown()) return std::nullopt;
  ProviderSettings settings;
  if (const auto backend = config.Attribute("backend").AsString(); backend.ok()) {
    settings.backend = *backend;
  }
  const fs::path& here = defaults.working_directory;
  settings.workspaces_dir = FolderOr(config, "workspaces_dir", defaults.state_home, here);
  settings.evidence_dir = FolderOr(config, "evidence_dir", ".ameide/evidence", here);
  settings.signing_key_file = FolderOr(config, "signing_key_file", fs::path(), here);
  settings.secrets_dir = FolderOr(config, "secrets_dir", fs::path(), here);
  settings.profiles_dir = FolderOr(config, "profiles_dir", fs::path(), here);
  settings.coder = CoderFrom(config.Attribute("coder"), here);
  for (const Value& repository : config.Attribute("repositories").elements()) {
    if (const auto text = repository.AsString(); text.ok()) settings.repositories.push_back(*text);
  }
  return settings;
}

}  // namespace ameide::resources
