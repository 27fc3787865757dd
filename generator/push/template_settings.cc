#include "generator/push/template_settings.h"

#include "base/strings.h"
#include "base/text.h"
#include "generator/lint/hcl_scan.h"

namespace ameide::generator {
namespace {

constexpr size_t kMostDescription = 127;  // what Coder takes, in characters
constexpr size_t kMostDisplayName = 64;

}  // namespace

coder::TemplateSettings SettingsOf(const task::Profile& profile, const std::string& folder,
                                   const std::string& name) {
  coder::TemplateSettings settings;
  settings.name = name;
  settings.icon = profile.icon;
  settings.description = Truncate(profile.description, kMostDescription - 3);
  // Who asked for a workspace may also stop the job that makes it: a cancelled task depends on it.
  settings.allow_user_cancel_workspace_jobs = true;
  const bool for_people = profile.human && folder != profile.contract.name;
  if (for_people) {
    const std::string suffix = ", for people";
    settings.display_name =
        Truncate(profile.display_name, kMostDisplayName - suffix.size() - 3) + suffix;
    // Each use gives the workspace its whole time again.
    settings.default_ttl_ms = settings.activity_bump_ms = profile.human->ttl.count();
  } else {
    settings.display_name = Truncate(profile.display_name, kMostDisplayName - 3);
    settings.default_ttl_ms = profile.contract.default_ttl.count();
    settings.activity_bump_ms = 0;  // looking at a task must not prolong it
  }
  return settings;
}

Result<std::set<std::string>> VariablesOf(const FileSet& files) {
  std::set<std::string> names;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".tf") || path.find('/') != std::string::npos) continue;
    AMEIDE_ASSIGN_OR_RETURN(const HclBlock file, ScanHcl(text, path));
    for (const HclBlock& block : file.blocks) {
      if (block.type == "variable" && !block.labels.empty()) names.insert(block.labels.front());
    }
  }
  return names;
}

}  // namespace ameide::generator
