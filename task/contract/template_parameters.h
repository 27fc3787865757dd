// What a rendered template and whoever creates a workspace from it must agree on: the names of the
// template's parameters and of the files and folders inside the workspace.
#pragma once

#include <string_view>

namespace ameide::task {

// Raised when a launcher of the older version could no longer use a template of the newer one.
inline constexpr int kTemplateContractVersion = 1;

// Coder parameters; all immutable, values are text.
inline constexpr std::string_view kParameterWorkId = "ameide_work_id";   // marks workspaces as ours
inline constexpr std::string_view kParameterKind = "ameide_kind";        // a TaskKind
inline constexpr std::string_view kParameterSpec = "ameide_spec";        // TaskSpec, JSON in base64
inline constexpr std::string_view kParameterTtl = "ameide_ttl_seconds";  // whole seconds

// A parameter travels in one environment variable, so Linux caps it.
inline constexpr size_t kMaxParameterBytes = 128u << 10;
inline constexpr int kMinTtlSeconds = 300;
// The script's clock ends this much before the pod's, so that evidence can still be written.
inline constexpr int kTtlReserveSeconds = 60;

// The one coder_agent and the one coder_script of a template.
inline constexpr std::string_view kAgentName = "main";
inline constexpr std::string_view kScriptDisplayName = "Ameide task";

// <root>/<profile>/{AGENTS.md,task.json,spec.json,repo/,evidence/}
inline constexpr std::string_view kWorkspacesRoot = "/workspaces";

}  // namespace ameide::task
