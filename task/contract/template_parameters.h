// What a rendered template and whoever creates a workspace from it must agree on: the names of the
// template's parameters and of the files and folders inside the workspace.
#pragma once

#include <string_view>

namespace ameide::task {

// Raised when a launcher of the older version could no longer use a template of the newer one.
inline constexpr int kTemplateContractVersion = 3;
// The contract's JSON has not changed since: templates and records that have it are still read.
inline constexpr int kOldestContractJson = 2;

// Coder parameters; all immutable, values are text.
inline constexpr std::string_view kParameterWorkId = "ameide_work_id";   // marks workspaces as ours
inline constexpr std::string_view kParameterKind = "ameide_kind";        // a TaskKind
inline constexpr std::string_view kParameterSpec = "ameide_spec";        // TaskSpec, JSON in base64
inline constexpr std::string_view kParameterTtl = "ameide_ttl_seconds";  // whole seconds
// DER SubjectPublicKeyInfo of an Ed25519 key in base64, or empty: whose orders to publish hold.
inline constexpr std::string_view kParameterPublishKey = "ameide_publish_key";
// Who made the workspace: 16 hexadecimal digits, the same for all launchers that share a state
// folder. Empty: nobody says.
inline constexpr std::string_view kParameterInstallation = "ameide_installation";

// A parameter travels in one environment variable, so Linux caps it.
inline constexpr size_t kMaxParameterBytes = 128u << 10;
inline constexpr int kMinTtlSeconds = 300;
// The script's clock ends this much before the pod's, so that evidence can still be written.
inline constexpr int kTtlReserveSeconds = 60;

// The one coder_agent and the one coder_script of a template.
inline constexpr std::string_view kAgentName = "main";
inline constexpr std::string_view kScriptDisplayName = "Ameide task";

// The one variable of a template: the image that holds nothing but /ameide-agent, by digest.
inline constexpr std::string_view kVariableAgentImage = "agent_image";

// The one coder_app, a path app on loopback, which `ameide-agent serve` answers.
inline constexpr std::string_view kEvidenceAppSlug = "ameide-evidence";
inline constexpr int kEvidencePort = 4400;

// Where the pod's init container puts ameide-agent: for the command, and for the publisher alone.
inline constexpr std::string_view kAgentProgramFolder = "/opt/ameide/bin";
inline constexpr std::string_view kPublisherProgramFolder = "/opt/ameide-publisher/bin";
// publication.json (kPublicationFile) is in it; written by the publisher, read-only elsewhere.
// Below /var/run, because an image builder without privileges cannot move other read-only mounts.
inline constexpr std::string_view kPublicationFolder = "/var/run/ameide/publication";

// <root>/<profile>/{AGENTS.md,task.json,spec.json,repo/,evidence/}
inline constexpr std::string_view kWorkspacesRoot = "/workspaces";
inline constexpr std::string_view kPublishOrderFile = "publish-order.json";  // in <root>/<profile>/

}  // namespace ameide::task
