#include "provider/resources/engine.h"

#include <algorithm>
#include <set>

#include "base/strings.h"

namespace ameide::resources {
namespace {

constexpr uint64_t kMaxProfileBytes = 1u << 20;

Result<task::Profile> Parse(const std::string& yaml, const std::string& file,
                            const std::string& name) {
  task::Checked<task::Profile> profile = task::ProfileFromYaml(yaml, file);
  if (!profile.value) return task::ToError(profile.problems, "load profile", file);
  if (profile.value->contract.name != name) {
    return Error{ErrorKind::kInvalid, "load profile", file,
                 StrCat("the file describes the profile \"", profile.value->contract.name, "\""),
                 StrCat("name it ", profile.value->contract.name, ".yaml")};
  }
  return *std::move(profile.value);
}

}  // namespace

Engine::Engine(ProviderSettings settings, std::vector<ShippedProfile> shipped,
               std::unique_ptr<task::Launcher> launcher)
    : settings_(std::move(settings)),
      shipped_(std::move(shipped)),
      launcher_(std::move(launcher)) {}

Result<task::Profile> Engine::Load(const std::string& yaml, const std::string& file,
                                   const std::string& name) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = parsed_.find(name); known != parsed_.end() && known->second.yaml == yaml) {
    return known->second.profile;
  }
  AMEIDE_ASSIGN_OR_RETURN(task::Profile profile, Parse(yaml, file, name));
  return parsed_.insert_or_assign(name, Parsed{yaml, std::move(profile)}).first->second.profile;
}

Result<task::Profile> Engine::FindProfile(const std::string& name) const {
  // The name becomes a file name: nothing that could leave the folder.
  const bool plain = IsSafeRelativePath(name) && name.find('/') == std::string::npos;
  if (plain && !settings_.profiles_dir.empty()) {
    const fs::path file = settings_.profiles_dir / (name + ".yaml");
    if (Exists(file)) {
      AMEIDE_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(file, kMaxProfileBytes));
      return Load(yaml, file.string(), name);
    }
  }
  for (const ShippedProfile& profile : shipped_) {
    if (profile.name == name) return Load(profile.yaml, profile.file, name);
  }
  return Error{ErrorKind::kNotFound, "find profile", StrCat("\"", name, "\""),
               "there is no such profile",
               StrCat("use one of ", StrJoin(ProfileNames(), ", "),
                      ", or add a file to the provider's profiles_dir")};
}

std::vector<std::string> Engine::ProfileNames() const {
  std::set<std::string> names;
  for (const ShippedProfile& profile : shipped_) names.insert(profile.name);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(settings_.profiles_dir, ignored)) {
    if (entry.path().extension() == ".yaml") names.insert(entry.path().stem().string());
  }
  return {names.begin(), names.end()};
}

std::shared_ptr<const Engine> EngineSlot::Get() const {
  const std::lock_guard lock(mutex_);
  return engine_;
}

void EngineSlot::Set(std::shared_ptr<const Engine> engine) {
  const std::lock_guard lock(mutex_);
  engine_ = std::move(engine);
}

Error NotConfigured() {
  return {ErrorKind::kInvalid, "use provider", "ameide", "it was not configured",
          "make every value of the provider block known"};
}

}  // namespace ameide::resources
