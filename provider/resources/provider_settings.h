// The provider block: its schema, and what a configuration says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "provider/framework/diagnostics.h"
#include "provider/framework/schema.h"

namespace ameide::resources {

// The coder block; what is empty comes from the environment (CODER_URL and so on).
struct CoderBlock {
  std::string url;
  std::string session_token;  // a secret
  std::string organization;
  fs::path ca_file;  // absolute
  bool allow_orphan_delete = false;
};

struct ProviderSettings {
  std::string backend = "local";
  fs::path workspaces_dir;    // absolute
  fs::path evidence_dir;      // absolute
  fs::path signing_key_file;  // empty: unsigned
  fs::path secrets_dir;       // empty: none
  fs::path profiles_dir;      // empty: built-in profiles only
  std::vector<std::string> repositories;
  CoderBlock coder;  // for the backend "coder"
};

// Where things are when the configuration does not say; main.cc knows.
struct ProviderDefaults {
  fs::path working_directory;  // relative paths start here
  fs::path state_home;         // $XDG_STATE_HOME/ameide
};

framework::Schema ProviderSchema();

// Nothing when something that matters is unknown, as it may be during a plan (rule C-4).
std::optional<ProviderSettings> SettingsFrom(const framework::Value& config,
                                             const ProviderDefaults& defaults);

}  // namespace ameide::resources
