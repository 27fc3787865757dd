// Names that several rendered files share.
#pragma once

#include <string>
#include <string_view>

#include "base/strings.h"
#include "task/contract/profile.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {

inline constexpr std::string_view kMadeBy =
    "Made by ameide-templates from the profile; do not edit.";

// From main.tf to task.sh, each in base64: the agent expands $NAME in what it passes on.
inline constexpr std::string_view kEnvSpec = "AMEIDE_SPEC_BASE64";
inline constexpr std::string_view kEnvContract = "AMEIDE_CONTRACT_BASE64";
inline constexpr std::string_view kEnvInstructions = "AMEIDE_INSTRUCTIONS_BASE64";
inline constexpr std::string_view kEnvKind = "AMEIDE_KIND";

inline constexpr std::string_view kManagedBy = "ameide-templates";
inline constexpr std::string_view kProfileLabel = "ameide.io/profile";
inline constexpr std::string_view kWorkIdAnnotation = "ameide.io/work-id";

inline std::string WorkspaceFolder(const task::Profile& profile) {
  return StrCat(task::kWorkspacesRoot, "/", profile.contract.name);
}

inline int64_t Seconds(Millis duration) { return duration.count() / 1000; }

// A ServiceAccount's token is mounted only where the profile binds a role to it.
inline bool NeedsClusterToken(const task::Profile& profile) {
  return !profile.deployment.roles.empty();
}

}  // namespace ameide::generator
