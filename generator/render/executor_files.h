// What a program in the workspace needs to reach the executor's tools: files for its MCP client and
// words for AGENTS.md. Pure. Only for profiles with an executor contract.
//
// The tools' server is ameide-agent itself (MCP over standard input and output), so credentials
// stay in the task's environment and are named nowhere here.
#pragma once

#include <string>
#include <string_view>

#include "task/contract/profile.h"

namespace ameide::generator {

inline constexpr std::string_view kVariableExecutorUrl = "executor_url";
inline constexpr std::string_view kMcpFile = "mcp.json";
inline constexpr std::string_view kCodexFile = "codex.toml";

// "mcpServers" as clients read it from .mcp.json in the folder they start in.
std::string McpJson(const task::Profile& profile);
// The same as Codex reads it from $CODEX_HOME/config.toml. Codex hands a server only the variables
// that are named.
std::string CodexToml(const task::Profile& profile);

// A section of AGENTS.md: every tool with its arguments and its policy.
std::string ExecutorSection(const task::ExecutorContract& executor);

}  // namespace ameide::generator
