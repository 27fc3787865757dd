// What a configured provider runs tasks with: the launcher, the profiles and the settings.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "provider/resources/provider_settings.h"
#include "task/contract/profile.h"
#include "task/launcher/launcher.h"

namespace ameide::resources {

// A profile's YAML that ships inside the program.
struct ShippedProfile {
  std::string name;
  std::string file;  // for positions in messages
  std::string yaml;
};

// Thread-safe; does not change, but for what it remembers of work already done.
class Engine {
 public:
  Engine(ProviderSettings settings, std::vector<ShippedProfile> shipped,
         std::unique_ptr<task::Launcher> launcher);

  const ProviderSettings& settings() const { return settings_; }
  task::Launcher& launcher() const { return *launcher_; }

  // From profiles_dir if it is there, else the shipped one. kNotFound names the profiles there are;
  // kInvalid lists every problem of the file with line and column.
  Result<task::Profile> FindProfile(const std::string& name) const;

 private:
  struct Parsed {
    std::string yaml;
    task::Profile profile;
  };
  // Parses a text once: a plan asks for the same profile with every task.
  Result<task::Profile> Load(const std::string& yaml, const std::string& file,
                             const std::string& name) const;
  std::vector<std::string> ProfileNames() const;
  ProviderSettings settings_;
  std::vector<ShippedProfile> shipped_;
  std::unique_ptr<task::Launcher> launcher_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Parsed> parsed_;  // by name
};

// The engine of the last ConfigureProvider; several Terraform runs may share one process while
// debugging, so a later call replaces what an earlier one set (rule H-43).
class EngineSlot {
 public:
  std::shared_ptr<const Engine> Get() const;  // null before configuration
  void Set(std::shared_ptr<const Engine> engine);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Engine> engine_;  // shared: calls in flight go on with the one they got
};

// For whoever finds the slot empty: the provider block still holds something unknown.
Error NotConfigured();

}  // namespace ameide::resources
