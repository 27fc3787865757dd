// Names that several rendered files share.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "task/contract/profile.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {

inline constexpr std::string_view kMadeBy =
    "Made by ameide-templates from the profile; do not edit.";

// From agent.tf to task.sh, each in base64: the agent expands $NAME in what it passes on.
inline constexpr std::string_view kEnvSpec = "AMEIDE_SPEC_BASE64";
inline constexpr std::string_view kEnvContract = "AMEIDE_CONTRACT_BASE64";
inline constexpr std::string_view kEnvInstructions = "AMEIDE_INSTRUCTIONS_BASE64";
inline constexpr std::string_view kEnvMcp = "AMEIDE_MCP_BASE64";
inline constexpr std::string_view kEnvCodex = "AMEIDE_CODEX_BASE64";
inline constexpr std::string_view kEnvKind = "AMEIDE_KIND";
inline constexpr std::string_view kEnvEvidencePort = "AMEIDE_EVIDENCE_PORT";
inline constexpr std::string_view kEnvNamespace = "AMEIDE_ENV_NAMESPACE";
// From pod.tf to the publisher.
inline constexpr std::string_view kEnvPublishKey = "AMEIDE_PUBLISH_KEY";

// Containers and volumes of a task's pod.
inline constexpr std::string_view kTaskContainer = "task";
inline constexpr std::string_view kProgramContainer = "agent-program";
inline constexpr std::string_view kPublisherContainer = "publisher";
inline constexpr std::string_view kWorkspacesVolume = "workspaces";
inline constexpr std::string_view kProgramVolume = "ameide";
inline constexpr std::string_view kPublisherProgramVolume = "ameide-publisher";
inline constexpr std::string_view kPublicationVolume = "publication";
inline constexpr std::string_view kPublisherTmpVolume = "publisher-tmp";

// The user of ready-made images, and two that no task could be: whoever may write to the folder of
// the agent program, and whoever holds what can push.
inline constexpr std::string_view kUser = "1000";
inline constexpr std::string_view kInstallerUser = "65532";
inline constexpr std::string_view kPublisherUser = "65533";

inline constexpr std::string_view kManagedBy = "ameide-templates";
inline constexpr std::string_view kProfileLabel = "ameide.io/profile";
inline constexpr std::string_view kWorkIdAnnotation = "ameide.io/work-id";

inline std::string WorkspaceFolder(const task::Profile& profile) {
  return StrCat(task::kWorkspacesRoot, "/", profile.contract.name);
}

inline int64_t Seconds(Millis duration) { return duration.count() / 1000; }

inline bool IsEnvbuilder(const task::Profile& profile) {
  return profile.deployment.builder == task::Deployment::Builder::kEnvbuilder;
}

// A ServiceAccount's token is mounted only where the profile binds a role to it.
inline bool NeedsClusterToken(const task::Profile& profile) {
  return !profile.deployment.roles.empty() || !profile.deployment.environment_roles.empty();
}

inline bool GrantedFor(const task::SecretGrant& grant, task::Phase phase) {
  return std::find(grant.phases.begin(), grant.phases.end(), phase) != grant.phases.end();
}

// Pull requests are made by a container of their own, which alone holds what can push.
inline bool HasPublisher(const task::Profile& profile) {
  return profile.contract.pull_requests &&
         std::any_of(
             profile.contract.secrets.begin(), profile.contract.secrets.end(),
             [](const task::SecretGrant& grant) { return GrantedFor(grant, task::Phase::kPr); });
}

}  // namespace ameide::generator
