#include "generator/render/executor_files.h"

#include "generator/render/names.h"

namespace ameide::generator {
namespace {

using task::ExecutorArgument;
using task::ExecutorContract;
using task::ExecutorTool;

constexpr std::string_view kServer = "ameide";

std::vector<std::string> Arguments(const task::Profile& profile) {
  return {"tool", "--contract", StrCat(WorkspaceFolder(profile), "/task.json")};
}

// What the server itself needs of the environment.
std::vector<std::string> Variables(const ExecutorContract& executor) {
  std::vector<std::string> names;
  for (const std::string& name : {executor.endpoint_env, executor.server_ca,
                                  executor.client_certificate, executor.client_key}) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

std::string ArgumentText(const ExecutorArgument& argument) {
  std::string out = StrCat("`", argument.name, "` (", task::ToString(argument.type));
  if (argument.type == ExecutorArgument::Type::kEnum) {
    StrAppend(&out, " ", StrJoin(argument.values, "\\|"));
  }
  return StrCat(out, argument.required ? "" : ", optional", ")");
}

std::string ToolRow(const ExecutorTool& tool) {
  std::vector<std::string> arguments;
  for (const ExecutorArgument& argument : tool.arguments) {
    arguments.push_back(ArgumentText(argument));
  }
  const std::string calls = tool.max_calls > 0 ? std::to_string(tool.max_calls) : "any";
  return StrCat("| `", tool.name, "` | ", StrReplaceAll(tool.description, "|", "\\|"), " | ",
                arguments.empty() ? "none" : StrJoin(arguments, ", "), " | ",
                task::ToString(tool.policy), " | ", calls, " | ", FormatDuration(tool.timeout),
                " |\n");
}

}  // namespace

std::string McpJson(const task::Profile& profile) {
  const Json server =
      Json::Object{{"command", "ameide-agent"}, {"args", Json::Strings(Arguments(profile))}};
  return Json(Json::Object{{"mcpServers", Json::Object{{std::string(kServer), server}}}})
      .DumpPretty();
}

std::string CodexToml(const task::Profile& profile) {
  const ExecutorContract& executor = *profile.contract.executor;
  Millis longest{0};
  for (const ExecutorTool& tool : executor.tools) longest = std::max(longest, tool.timeout);
  // TOML's arrays of basic strings are spelled as JSON's.
  return StrCat("# ", kMadeBy, "\n\n[mcp_servers.", kServer,
                "]\ncommand = \"ameide-agent\"\nargs = ", Json::Strings(Arguments(profile)).Dump(),
                "\nenv_vars = ", Json::Strings(Variables(executor)).Dump(),
                "\n# Seconds; the slowest tool's own limit and a little more.\ntool_timeout_sec = ",
                Seconds(longest) + 30, "\n");
}

std::string ExecutorSection(const ExecutorContract& executor) {
  std::string out = StrCat(
      "\n## Tools of the executor\n\nThe MCP server `", kServer,
      "` (see `.mcp.json`) offers these and nothing else. A session is open at most once per ",
      StrJoin(executor.session_key, " and "), "; the executor ends it by itself after ",
      FormatDuration(executor.lease),
      " without a renewal. A call that breaks a tool's contract is ",
      "refused before it leaves the workspace, and so is every call that needs approval: say in "
      "your report that it is wanted.\n\n",
      "| Tool | What it does | Arguments | Policy | Calls | At most |\n",
      "| --- | --- | --- | --- | --- | --- |\n");
  for (const ExecutorTool& tool : executor.tools) out += ToolRow(tool);
  return out;
}

}  // namespace ameide::generator
