// The contract with an executor: a machine outside the cluster that works in a vendor-locked domain
// and is reached by a closed list of tools, never by arbitrary commands. Pure data and checks; who
// talks to the executor is another room's concern.
//
// A profile states it under `executor:` (docs/profiles.md), and it travels in task.json in the same
// form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "task/contract/problem.h"

namespace ameide::task {

// One argument of a tool. Arguments are flat on purpose: each can be checked by itself.
struct ExecutorArgument {
  enum class Type { kString, kInteger, kBoolean, kEnum, kStringList, kObject };
  std::string name;
  Type type = Type::kString;
  std::string description;
  bool required = false;
  std::string pattern;              // RE2, matches the whole text or each item; may be empty
  int max_length = 4096;            // characters of a text or an item, bytes of an object as JSON
  int max_items = 100;              // kStringList
  std::vector<std::string> values;  // kEnum
  bool operator==(const ExecutorArgument&) const = default;
};
std::string_view ToString(ExecutorArgument::Type type);  // "string", …, "string_list", "object"

struct ExecutorTool {
  enum class Policy { kReadOnly, kMutating, kNeedsApproval };
  std::string name;  // "fo.build"
  std::string description;
  Policy policy = Policy::kNeedsApproval;
  Millis timeout{0};
  int max_calls = 0;  // per task
  std::vector<ExecutorArgument> arguments;
  std::vector<std::string> results;  // members of the answer
  bool operator==(const ExecutorTool&) const = default;
};
std::string_view ToString(
    ExecutorTool::Policy policy);  // "read-only", "mutating", "needs-approval"

struct ExecutorContract {
  std::string endpoint_env;        // the variable of the workspace that holds the https URL
  std::string server_name;         // DNS name that the server's certificate must show
  std::string server_ca;           // SecretGrant.env of the CA bundle (PEM); empty: the system's
  std::string client_certificate;  // SecretGrant.env of the certificate for mutual TLS (PEM)
  std::string client_key;          // SecretGrant.env of its key (PEM)
  // Of "devbox", "branch", "user": at most one session is open per combination of these.
  std::vector<std::string> session_key;
  Millis lease{0};  // the executor ends a session by itself when nobody renewed it for so long
  std::vector<ExecutorTool> tools;
  bool operator==(const ExecutorContract&) const = default;
};

Json ToJson(const ExecutorContract& contract);
// Strict, with every problem; `pointer` is where `json` stands in its document.
Checked<ExecutorContract> ExecutorContractFromJson(const Json& json, std::string_view pointer = "");

// Null when there is no such tool.
const ExecutorTool* FindTool(const ExecutorContract& contract, std::string_view name);

// The arguments of one call, in the order of the contract, or every problem with its pointer into
// `arguments`. A call is as hostile as the program that makes it.
Checked<Json> CheckCall(const ExecutorTool& tool, const Json& arguments);

// The tools as MCP (2025-06-18, "tools/list") names them: name, description, inputSchema (draft-07)
// and annotations. An array.
Json McpTools(const ExecutorContract& contract);

}  // namespace ameide::task
